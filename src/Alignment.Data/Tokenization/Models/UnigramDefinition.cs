using System.Text.Json;
using Alignment.Data.Tokenization.Files;
using Alignment.Data.Tokenization.PreTokenizers;

namespace Alignment.Data.Tokenization.Models;

/// <summary>A unigram language model: tokens with their log-probabilities; an id is a place in the list.</summary>
internal sealed record UnigramDefinition : ModelDefinition
{
    public required IReadOnlyList<(string Token, double Score)> Pieces { get; init; }

    /// <summary>Stands for characters that no token has; without it they are an error.</summary>
    public int? UnknownId { get; init; }

    public bool ByteFallback { get; init; }

    public override IEnumerable<KeyValuePair<string, int>> Entries => Pieces.Select((p, id) => KeyValuePair.Create(p.Token, id));

    public override bool CanCutAtMarks => Vocabulary.Keys.All(t => t.AsSpan().TrimStart(WordBoundaryStep.Mark).IndexOf(WordBoundaryStep.Mark) < 0);

    /// <summary>Reads the <c>model</c> part of a tokenizer.json.</summary>
    public static UnigramDefinition Read(JsonPart model)
    {
        var pieces = new List<(string, double)>();
        foreach (var item in model["vocab"].Items())
        {
            var pair = item.Items().ToArray();
            if (pair.Length != 2 || pair[1].Element.ValueKind != JsonValueKind.Number)
            {
                throw item.Error("must be a token and its score");
            }

            pieces.Add((pair[0].Text, pair[1].Element.GetDouble()));
            if (pieces.Count > IdLimit)
            {
                throw model["vocab"].Error($"has more than {IdLimit} tokens");
            }
        }

        var unknown = model.Optional("unk_id")?.Int;
        if (unknown is { } id && (id < 0 || id >= pieces.Count))
        {
            throw model["unk_id"].Error($"is {id}; model.vocab has {pieces.Count} tokens");
        }

        return Of(pieces, unknown, model.OptionalFlag("byte_fallback"), $"{model.File}: {model.Path}");
    }

    /// <summary>The definition of these tokens. Of a token that is there twice the later id counts, as in the tokenizers library.</summary>
    public static UnigramDefinition Of(IReadOnlyList<(string Token, double Score)> pieces, int? unknownId, bool byteFallback, string source)
    {
        var vocabulary = new Dictionary<string, int>(pieces.Count, StringComparer.Ordinal);
        for (var id = 0; id < pieces.Count; id++)
        {
            vocabulary[pieces[id].Token] = id;
        }

        return new() { Pieces = pieces, Vocabulary = vocabulary, UnknownId = unknownId, ByteFallback = byteFallback, Source = source };
    }

    public override ITokenModel Build(IReadOnlySet<string> apart) => new UnigramModel(this, apart);
}
