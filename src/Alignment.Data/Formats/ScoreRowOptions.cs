using Alignment.Data.Templates;
using Alignment.Data.Tokenization;

namespace Alignment.Data.Formats;

/// <summary>What <see cref="ScoreRowReader"/> has to know of the model.</summary>
public sealed record ScoreRowOptions
{
    /// <summary>Called for the first row that holds text; rows of ids need no tokenizer.</summary>
    public required Func<TextTokenizer> Tokenizer { get; init; }

    /// <summary>V: ids are 0 to V − 1.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Most tokens of a sequence; null = no limit.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Segments that the model tells apart (BERT); 0 = none.</summary>
    public int Segments { get; init; }

    /// <summary>A classifier's number of labels; null for a language model, whose labels are tokens.</summary>
    public int? Classes { get; init; }

    /// <summary>Whether a classifier's label is one number for every class instead of the index of one class.</summary>
    public bool HasLabelPerClass { get; init; }

    /// <summary>How messages become tokens.</summary>
    public ChatTemplate Template { get; init; } = ChatTemplate.Plain;

    /// <summary>Whether prompts and conversations begin with BOS.</summary>
    public bool AddBos { get; init; }
}
