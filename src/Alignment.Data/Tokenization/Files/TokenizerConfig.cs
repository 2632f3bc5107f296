using System.Text.Json;
using Alignment.Data.Tokenization.Models;

namespace Alignment.Data.Tokenization.Files;

/// <summary>
/// What <c>tokenizer_config.json</c> says, <c>special_tokens_map.json</c> and <c>added_tokens.json</c> where it is silent, and last
/// what the tokenizer's class has for a default.
/// </summary>
internal sealed record TokenizerConfig
{
    public const string FileName = "tokenizer_config.json";
    public const string MapFileName = "special_tokens_map.json";
    public const string AddedFileName = "added_tokens.json";
    private const string ModelFileName = "config.json";

    /// <summary>The tokenizer's class without <c>Tokenizer</c> and <c>Fast</c> (<c>Llama</c>, <c>Bert</c>); null where nothing tells.</summary>
    public string? Class { get; init; }

    /// <summary>The tokens that have a role (<c>bos_token</c>, <c>eos_token</c>, ...), by role; null where a file says that there is none.</summary>
    public IReadOnlyDictionary<string, string?> Roles { get; init; } = new Dictionary<string, string?>();

    /// <summary>Special tokens without a role.</summary>
    public IReadOnlyList<string> AdditionalSpecials { get; init; } = [];

    /// <summary>Added tokens that the configuration declares.</summary>
    public IReadOnlyList<AddedToken> AddedTokens { get; init; } = [];

    public bool? AddBos { get; init; }
    public bool? AddEos { get; init; }
    public bool? AddPrefixSpace { get; init; }
    public bool? DoLowerCase { get; init; }
    public bool? StripAccents { get; init; }
    public bool? TokenizeChineseChars { get; init; }
    public bool? Legacy { get; init; }
    public bool? CleanUpSpaces { get; init; }

    /// <summary>The pattern that cuts a text into words, for a <c>.tiktoken</c> file, which has none.</summary>
    public JsonPart? Pattern { get; init; }

    /// <summary>Reads the configuration among the files (by name) of a folder.</summary>
    public static TokenizerConfig Read(string folder, IReadOnlyDictionary<string, byte[]> files)
    {
        var config = Parse(FileName);
        var map = Parse(MapFileName);
        var roles = new Dictionary<string, string?>();
        foreach (var role in SpecialRoles.All)
        {
            if (config?.Has(role) == true || map?.Has(role) == true)
            {
                roles[role] = Content(config?.Optional(role)) ?? Content(map?.Optional(role));
            }
        }

        var additional = (config?.Optional("additional_special_tokens") ?? map?.Optional("additional_special_tokens"))?.Items().Select(p => Content(p)!).ToArray() ?? [];
        var declared = config?.Optional("added_tokens_decoder") is { } added ? ReadAdded(added).ToArray() : [];
        var specials = roles.Values.OfType<string>().Concat(additional).ToHashSet();
        return new()
        {
            Class = ClassName(config?.OptionalText("tokenizer_class")) ?? ClassName(SpecialRoles.ClassOf(ModelType(folder))),
            Roles = roles,
            AdditionalSpecials = additional,
            AddedTokens = declared.Length > 0 ? declared : [.. ReadOldAdded(Parse(AddedFileName), specials)],
            AddBos = Flag("add_bos_token"),
            AddEos = Flag("add_eos_token"),
            AddPrefixSpace = Flag("add_prefix_space"),
            DoLowerCase = Flag("do_lower_case"),
            StripAccents = Flag("strip_accents"),
            TokenizeChineseChars = Flag("tokenize_chinese_chars"),
            Legacy = Flag("legacy"),
            CleanUpSpaces = Flag("clean_up_tokenization_spaces"),
            Pattern = config?.Optional("pat_str"),
        };

        JsonPart? Parse(string name) => files.TryGetValue(name, out var bytes) ? JsonPart.Parse(bytes, Path.Combine(folder, name)) : null;

        bool? Flag(string name) => config?.Optional(name)?.Flag;
    }

    /// <summary>The token of a role; the class's own where no file says anything.</summary>
    public string? Role(string role, string? inferredClass) =>
        Roles.TryGetValue(role, out var token) ? token : SpecialRoles.DefaultOf(Class ?? inferredClass, role);

    /// <summary>One added token of tokenizer.json or of <c>added_tokens_decoder</c>.</summary>
    /// <param name="part">The token.</param>
    /// <param name="id">Its id; null where the part says it.</param>
    public static AddedToken ReadAddedToken(JsonPart part, int? id = null)
    {
        // One look at each member: there are files with hundreds of thousands of tokens.
        string? content = null;
        var (special, singleWord, stripLeft, stripRight, normalized) = (false, false, false, false, false);
        foreach (var (name, value) in part.Given())
        {
            switch (name)
            {
                case "id":
                    id ??= value.Int;
                    break;
                case "content":
                    content = value.Text;
                    break;
                case "special":
                    special = value.Flag;
                    break;
                case "single_word":
                    singleWord = value.Flag;
                    break;
                case "lstrip":
                    stripLeft = value.Flag;
                    break;
                case "rstrip":
                    stripRight = value.Flag;
                    break;
                case "normalized":
                    normalized = value.Flag;
                    break;
            }
        }

        return content is { Length: > 0 }
            ? new(CheckId(part, id ?? part["id"].Int), content, special, singleWord, stripLeft, stripRight, normalized)
            : throw part.Error("is an added token without content");
    }

    private static int CheckId(JsonPart part, int id) => id is >= 0 and < ModelDefinition.IdLimit ? id : throw part.Error($"has the id {id}; ids are from 0 to {ModelDefinition.IdLimit - 1}");

    private static IEnumerable<AddedToken> ReadAdded(JsonPart part)
    {
        foreach (var (name, token) in part.Members())
        {
            yield return int.TryParse(name, out var id) ? ReadAddedToken(token, id) : throw token.Error("must have its id for a name");
        }
    }

    /// <summary>The layout from before <c>added_tokens_decoder</c>: token and id. Special is what has a role.</summary>
    private static IEnumerable<AddedToken> ReadOldAdded(JsonPart? part, HashSet<string> specials)
    {
        foreach (var (name, id) in part?.Members() ?? [])
        {
            var special = specials.Contains(name);
            yield return name.Length > 0 ? new(CheckId(id, id.Int), name, special, Normalized: !special) : throw id.Error("is an added token without content");
        }
    }

    private static string? Content(JsonPart? token) => token is not { } part ? null
        : part.Element.ValueKind == JsonValueKind.Object ? part["content"].Text
        : part.Text;

    private static string? ClassName(string? name)
    {
        name = name?.EndsWith("Fast", StringComparison.Ordinal) == true ? name[..^4] : name;
        name = name?.EndsWith("Tokenizer", StringComparison.Ordinal) == true ? name[..^9] : name;
        return name is "PreTrained" or "" ? "PreTrained" : name;
    }

    private static string? ModelType(string folder)
    {
        var path = Path.Combine(folder, ModelFileName);
        try
        {
            return File.Exists(path) && JsonPart.Parse(File.ReadAllBytes(path), path) is { Element.ValueKind: JsonValueKind.Object } config ? config.OptionalText("model_type") : null;
        }
        catch (InvalidDataException)
        {
            return null; // Whoever reads the model complains about its configuration.
        }
    }
}
