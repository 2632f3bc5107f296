namespace Alignment.Data.Tokenization;

/// <summary>What <c>tokenizer_config.json</c> says, and <c>special_tokens_map.json</c> where it is silent.</summary>
internal sealed record TokenizerConfig
{
    public const string FileName = "tokenizer_config.json";
    public const string MapFileName = "special_tokens_map.json";

    public string? BosToken { get; init; }
    public string? EosToken { get; init; }
    public string? PadToken { get; init; }

    /// <summary>Added tokens that the configuration declares; those of tokenizer.json come first.</summary>
    public IReadOnlyList<AddedToken> AddedTokens { get; init; } = [];

    /// <summary>Reads the configuration among the files (by name) of a folder.</summary>
    public static TokenizerConfig Read(string folder, IReadOnlyDictionary<string, byte[]> files)
    {
        var config = Parse(FileName);
        var map = Parse(MapFileName);
        return new()
        {
            BosToken = Token("bos_token"),
            EosToken = Token("eos_token"),
            PadToken = Token("pad_token"),
            AddedTokens = config?.Optional("added_tokens_decoder") is { } added ? [.. ReadAdded(added)] : [],
        };

        JsonPart? Parse(string name) => files.TryGetValue(name, out var bytes) ? JsonPart.Parse(bytes, Path.Combine(folder, name)) : null;

        string? Token(string name) => Content(config?.Optional(name)) ?? Content(map?.Optional(name));
    }

    /// <summary>One added token of either file.</summary>
    public static AddedToken ReadAddedToken(JsonPart part, int id)
    {
        var content = part["content"].Text;
        if (content.Length == 0)
        {
            throw part.Error("is an added token without content");
        }

        return id is >= 0 and < BpeDefinition.IdLimit
            ? new(
                id,
                content,
                part.OptionalFlag("special"),
                part.OptionalFlag("single_word"),
                part.OptionalFlag("lstrip"),
                part.OptionalFlag("rstrip"),
                part.OptionalFlag("normalized"))
            : throw part.Error($"has the id {id}; ids are from 0 to {BpeDefinition.IdLimit - 1}");
    }

    private static IEnumerable<AddedToken> ReadAdded(JsonPart part)
    {
        foreach (var entry in part.Element.EnumerateObject())
        {
            var token = part with { Element = entry.Value, Path = $"{part.Path}.{entry.Name}" };
            yield return int.TryParse(entry.Name, out var id) ? ReadAddedToken(token, id) : throw token.Error("must have its id for a name");
        }
    }

    private static string? Content(JsonPart? token) => token is not { } part ? null
        : part.Element.ValueKind == System.Text.Json.JsonValueKind.Object ? part["content"].Text
        : part.Text;
}
