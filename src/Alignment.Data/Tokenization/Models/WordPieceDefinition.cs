using Alignment.Data.Tokenization.Files;

namespace Alignment.Data.Tokenization.Models;

/// <summary>WordPiece: every word is cut into the longest tokens from the left.</summary>
internal sealed record WordPieceDefinition : ModelDefinition
{
    /// <summary>Stands for a word that cannot be cut into tokens.</summary>
    public string UnknownToken { get; init; } = "[UNK]";

    /// <summary>Begins every token inside a word.</summary>
    public string ContinuingSubwordPrefix { get; init; } = "##";

    /// <summary>Longer words are unknown.</summary>
    public int MaxInputCharsPerWord { get; init; } = 100;

    /// <summary>Reads the <c>model</c> part of a tokenizer.json.</summary>
    public static WordPieceDefinition Read(JsonPart model)
    {
        var defaults = new WordPieceDefinition { Vocabulary = VocabularyReader.Read(model["vocab"]), Source = $"{model.File}: {model.Path}" };
        return defaults with
        {
            UnknownToken = model.OptionalText("unk_token") ?? defaults.UnknownToken,
            ContinuingSubwordPrefix = model.OptionalText("continuing_subword_prefix") ?? defaults.ContinuingSubwordPrefix,
            MaxInputCharsPerWord = model.Optional("max_input_chars_per_word")?.Int ?? defaults.MaxInputCharsPerWord,
        };
    }

    public override ITokenModel Build(IReadOnlySet<string> apart) => new WordPieceModel(this, apart);
}
