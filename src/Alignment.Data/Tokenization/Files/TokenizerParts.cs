using Alignment.Data.Tokenization.Models;
using Alignment.Data.Tokenization.PreTokenizers;

namespace Alignment.Data.Tokenization.Files;

/// <summary>What one kind of tokenizer files gives, before the special tokens have their roles.</summary>
internal sealed record TokenizerParts
{
    /// <summary>The file that the ids come from.</summary>
    public required string File { get; init; }

    public required ModelDefinition Model { get; init; }

    /// <summary>Added tokens of the file itself, each with its place.</summary>
    public IReadOnlyList<(AddedToken Token, Func<string, InvalidDataException> Error)> AddedTokens { get; init; } = [];

    public Func<string, string>? Normalizer { get; init; }
    public IReadOnlyList<IPreTokenizationStep> PreTokenizer { get; init; } = [];
    public required TokenDecoder Decoder { get; init; }

    /// <summary>What is put around a text, given where the ids of roles are found.</summary>
    public required Func<Func<string, int?>, PostProcessor> PostProcessor { get; init; }

    /// <summary>The tokenizer class that such files are of, where no configuration names one.</summary>
    public string? Class { get; init; }

    /// <summary>The tokens that the file itself gives a role, by role.</summary>
    public IReadOnlyDictionary<string, string> Roles { get; init; } = new Dictionary<string, string>();
}
