using Alignment.Data.Tokenization.Files;
using Alignment.Data.Tokenization.PreTokenizers;

namespace Alignment.Data.Tokenization.Models;

/// <summary>Byte pair encoding: ids are unique and every merge joins and makes known tokens.</summary>
internal sealed record BpeDefinition : ModelDefinition
{
    public required IReadOnlyList<BpeMerge> Merges { get; init; }
    public string? UnknownToken { get; init; }
    public bool FuseUnknown { get; init; }
    public bool ByteFallback { get; init; }
    public bool IgnoreMerges { get; init; }
    public string? ContinuingSubwordPrefix { get; init; }
    public string? EndOfWordSuffix { get; init; }

    public override bool CanCutAtMarks => ContinuingSubwordPrefix is null && EndOfWordSuffix is null && !IgnoreMerges
        && Vocabulary.ContainsKey(WordBoundaryStep.Mark.ToString()) && HasNoMergeBeforeMark();

    /// <summary>Reads the <c>model</c> part of a tokenizer.json.</summary>
    public static BpeDefinition Read(JsonPart model)
    {
        if (model.Optional("dropout") is { } dropout && (dropout.Element.ValueKind != System.Text.Json.JsonValueKind.Number || dropout.Element.GetDouble() != 0))
        {
            throw dropout.Unsupported("BPE dropout");
        }

        var vocabulary = VocabularyReader.Read(model["vocab"]);
        var unknown = model.OptionalText("unk_token");
        if (unknown is not null && !vocabulary.ContainsKey(unknown))
        {
            throw model["unk_token"].Error($"'{unknown}' is not in model.vocab");
        }

        var prefix = model.OptionalText("continuing_subword_prefix") is { Length: > 0 } continuing ? continuing : null;
        var merges = new MergeList(vocabulary, prefix?.Length ?? 0);
        foreach (var item in model["merges"].Items())
        {
            merges.Add(item);
        }

        return new()
        {
            Vocabulary = vocabulary,
            Source = $"{model.File}: {model.Path}",
            Merges = merges.Merges,
            UnknownToken = unknown,
            FuseUnknown = model.OptionalFlag("fuse_unk"),
            ByteFallback = model.OptionalFlag("byte_fallback"),
            IgnoreMerges = model.OptionalFlag("ignore_merges"),
            ContinuingSubwordPrefix = prefix,
            EndOfWordSuffix = model.OptionalText("end_of_word_suffix") is { Length: > 0 } suffix ? suffix : null,
        };
    }

    public override ITokenModel Build(IReadOnlySet<string> apart) => IsPlain() ? new PackageBpeModel(this) : new BytePairModel(this, apart);

    /// <summary>"left right" each, best first.</summary>
    public IEnumerable<string> WrittenMerges()
    {
        var tokens = Vocabulary.ToDictionary(e => e.Value, e => e.Key);
        return Merges.Select(m => $"{tokens[m.Left]} {tokens[m.Right]}");
    }

    private bool HasNoMergeBeforeMark()
    {
        var marked = new HashSet<int>();
        var ending = new HashSet<int>();
        foreach (var (token, id) in Vocabulary)
        {
            if (token.StartsWith(WordBoundaryStep.Mark))
            {
                marked.Add(id);
            }

            if (token.EndsWith(WordBoundaryStep.Mark))
            {
                ending.Add(id);
            }
        }

        return !Merges.Any(m => marked.Contains(m.Right) && !ending.Contains(m.Left));
    }

    private bool IsPlain()
    {
        for (var i = 1; i < Merges.Count; i++)
        {
            if (Merges[i].Rank <= Merges[i - 1].Rank)
            {
                return false;
            }
        }

        return !ByteFallback && !IgnoreMerges && !Vocabulary.Keys.Any(t => t.Contains(' '));
    }
}
