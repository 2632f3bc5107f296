using Alignment.Data.Tokenization.Files;

namespace Alignment.Data.Tokenization.Models;

/// <summary>A word is a token or unknown.</summary>
internal sealed record WordLevelDefinition : ModelDefinition
{
    /// <summary>Stands for a word that is no token.</summary>
    public required string UnknownToken { get; init; }

    /// <summary>Reads the <c>model</c> part of a tokenizer.json.</summary>
    public static WordLevelDefinition Read(JsonPart model) =>
        new() { Vocabulary = VocabularyReader.Read(model["vocab"]), Source = $"{model.File}: {model.Path}", UnknownToken = model.OptionalText("unk_token") ?? "<unk>" };

    public override ITokenModel Build(IReadOnlySet<string> apart) => new WordLevelModel(this, apart);
}
