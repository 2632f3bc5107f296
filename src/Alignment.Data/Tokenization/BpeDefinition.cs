using System.Text.Json;

namespace Alignment.Data.Tokenization;

/// <summary>The <c>model</c> part of a tokenizer file, checked: ids are unique and every merge joins and makes known tokens.</summary>
internal sealed record BpeDefinition
{
    /// <summary>Ids from here on are taken for a damaged file, not for a vocabulary.</summary>
    public const int IdLimit = 1 << 24;

    public required Dictionary<string, int> Vocabulary { get; init; }
    public required List<(string Left, string Right)> Merges { get; init; }
    public string? UnknownToken { get; init; }
    public bool FuseUnknown { get; init; }
    public bool ByteFallback { get; init; }
    public bool IgnoreMerges { get; init; }
    public string? ContinuingSubwordPrefix { get; init; }
    public string? EndOfWordSuffix { get; init; }

    public static BpeDefinition Read(JsonPart model)
    {
        // Files from before 2021 do not say the type; only BPE has merges.
        var type = model.OptionalText("type") ?? (model.Optional("merges") is null ? "(without type and merges)" : "BPE");
        if (type != "BPE")
        {
            throw model.Unsupported($"a model of type {type}");
        }

        if (model.Optional("dropout") is { } dropout && (dropout.Element.ValueKind != JsonValueKind.Number || dropout.Element.GetDouble() != 0))
        {
            throw dropout.Unsupported("BPE dropout");
        }

        var vocabulary = ReadVocabulary(model["vocab"]);
        var prefix = model.OptionalText("continuing_subword_prefix");
        var unknown = model.OptionalText("unk_token");
        if (unknown is not null && !vocabulary.ContainsKey(unknown))
        {
            throw model["unk_token"].Error($"'{unknown}' is not in model.vocab");
        }

        return new()
        {
            Vocabulary = vocabulary,
            Merges = ReadMerges(model["merges"], vocabulary, prefix ?? ""),
            UnknownToken = unknown,
            FuseUnknown = model.OptionalFlag("fuse_unk"),
            ByteFallback = model.OptionalFlag("byte_fallback"),
            IgnoreMerges = model.OptionalFlag("ignore_merges"),
            ContinuingSubwordPrefix = string.IsNullOrEmpty(prefix) ? null : prefix,
            EndOfWordSuffix = model.OptionalText("end_of_word_suffix") is { Length: > 0 } suffix ? suffix : null,
        };
    }

    private static Dictionary<string, int> ReadVocabulary(JsonPart part)
    {
        if (part.Element.ValueKind != JsonValueKind.Object)
        {
            throw part.Error("must be an object of token: id");
        }

        var vocabulary = new Dictionary<string, int>(StringComparer.Ordinal);
        var tokens = new Dictionary<int, string>();
        foreach (var entry in part.Element.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.Number || !entry.Value.TryGetInt32(out var id) || id is < 0 or >= IdLimit)
            {
                throw part.Error($"gives '{entry.Name}' the id {entry.Value.GetRawText()}; ids are whole numbers from 0 to {IdLimit - 1}");
            }

            if (!vocabulary.TryAdd(entry.Name, id))
            {
                throw part.Error($"has the token '{entry.Name}' twice");
            }

            if (!tokens.TryAdd(id, entry.Name))
            {
                throw part.Error($"gives the id {id} to '{tokens[id]}' and to '{entry.Name}'");
            }
        }

        return vocabulary.Count > 0 ? vocabulary : throw part.Error("is empty");
    }

    private static List<(string Left, string Right)> ReadMerges(JsonPart part, Dictionary<string, int> vocabulary, string prefix)
    {
        var merges = new List<(string Left, string Right)>();
        var ranks = new Dictionary<(string, string), int>();
        foreach (var item in part.Items())
        {
            var merge = ReadMerge(item);
            foreach (var token in (string[])[merge.Left, merge.Right])
            {
                if (!vocabulary.ContainsKey(token))
                {
                    throw item.Error($"merges '{token}', which is not in model.vocab");
                }
            }

            if (merge.Right.Length <= prefix.Length || !vocabulary.ContainsKey(merge.Left + merge.Right[prefix.Length..]))
            {
                throw item.Error($"merges '{merge.Left}' and '{merge.Right}' into a token that is not in model.vocab");
            }

            // Of a merge that is there twice the later counts, as in the tokenizers library.
            if (ranks.TryGetValue(merge, out var earlier))
            {
                merges[earlier] = default;
            }

            ranks[merge] = merges.Count;
            merges.Add(merge);
        }

        merges.RemoveAll(m => m.Left is null);
        return merges;
    }

    /// <summary>Both layouts: "left right", and since 2024 ["left", "right"].</summary>
    private static (string Left, string Right) ReadMerge(JsonPart item)
    {
        if (item.Element.ValueKind == JsonValueKind.Array)
        {
            var pair = item.Items().Select(p => p.Text).ToArray();
            return pair.Length != 2 ? throw item.Error($"has {pair.Length} parts; a merge has two")
                : pair.Any(p => p.Contains(' ')) ? throw item.Unsupported("a merge of tokens with blanks in them")
                : (pair[0], pair[1]);
        }

        var parts = item.Text.Split(' ');
        return parts.Length == 2 && parts.All(p => p.Length > 0) ? (parts[0], parts[1])
            : throw item.Error($"'{item.Text}' must be two tokens with one blank between them");
    }
}
