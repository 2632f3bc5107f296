namespace Alignment.Data.Tokenization.Files;

/// <summary>What Llama 3's tokenizer has besides its ranks (Meta's <c>tokenizer.py</c>).</summary>
internal static class Llama3
{
    /// <summary>Ordinary tokens; special ones follow.</summary>
    public const int Ranks = 128_000;

    private const string Bos = "<|begin_of_text|>";
    private const int Specials = 256;

    private static readonly Dictionary<int, string> Named = new()
    {
        [0] = Bos,
        [1] = "<|end_of_text|>",
        [6] = "<|start_header_id|>",
        [7] = "<|end_header_id|>",
        [9] = "<|eot_id|>",
    };

    /// <summary>The roles where no configuration gives them.</summary>
    public static IReadOnlyDictionary<string, string> Roles { get; } = new Dictionary<string, string> { [SpecialRoles.Bos] = Bos, [SpecialRoles.Eos] = "<|end_of_text|>" };

    /// <summary>Whether a configuration is of this family.</summary>
    public static bool Is(TokenizerConfig config) => config.Roles.GetValueOrDefault(SpecialRoles.Bos) == Bos || config.AddedTokens.Any(t => t.Content == Bos);

    /// <summary>The special tokens: five have names, the others are reserved and numbered.</summary>
    public static IEnumerable<AddedToken> SpecialTokens()
    {
        var reserved = 0;
        for (var i = 0; i < Specials; i++)
        {
            yield return new(Ranks + i, Named.TryGetValue(i, out var name) ? name : $"<|reserved_special_token_{reserved++}|>", Special: true);
        }
    }
}
