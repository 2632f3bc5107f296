using System.ComponentModel;

namespace Alignment.Data.Tokenization;

/// <summary>What a tokenizer is trained on and how large it becomes.</summary>
public record TokenizerTrainingOptions
{
    /// <summary>Paths or patterns of the training text: <c>.txt</c> and <c>.txt.gz</c> as it stands, everything else as rows of JSONL or a JSON array (<c>.gz</c> of both).</summary>
    [Description("training text: .txt files, or rows of JSONL or JSON (.gz too); paths or patterns")]
    [Category("input")]
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>The columns whose text is used. Empty (the default): the text of every column that rows of the known types have.</summary>
    [Description("columns whose text is used; all text of a row if left out")]
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>How many tokens, the 256 bytes and the special tokens included. Default 8192.</summary>
    [Description("number of tokens, the 256 bytes and 4 special tokens included")]
    public int VocabSize { get; init; } = 8192;

    /// <summary>How the text is cut into words.</summary>
    [Description("how text is cut into words: gpt2 or gpt4")]
    public WordPattern Pattern { get; init; } = WordPattern.Gpt2;

    /// <summary>A pair that is rarer than this is not merged. Default 2.</summary>
    [Description("a pair that is rarer than this in the text is not merged")]
    public int MinFrequency { get; init; } = 2;

    /// <summary>Everything that is wrong with the options, one sentence each; empty if they can be used.</summary>
    public IEnumerable<string> Problems()
    {
        if (Files.Count == 0)
        {
            yield return "files: names no training text; give at least one path";
        }

        if (VocabSize < BpeTrainerOptions.LeastVocabulary || VocabSize >= Models.ModelDefinition.IdLimit)
        {
            yield return $"vocab_size: must be from {BpeTrainerOptions.LeastVocabulary} (256 bytes and {SpecialTokens.All.Count} special tokens) to {Models.ModelDefinition.IdLimit - 1}, got {VocabSize}";
        }

        if (MinFrequency < 1)
        {
            yield return $"min_frequency: must be >= 1, got {MinFrequency}";
        }
    }
}
