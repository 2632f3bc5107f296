using System.Globalization;
using Alignment.Data.Tokenization;
using Alignment.Data.Tokenization.Files;
using Alignment.Data.Tokenization.Models;
using Alignment.Data.Tokenization.PreTokenizers;

namespace Alignment.Data.Gguf;

/// <summary>
/// A tokenizer as the metadata of a GGUF file: byte-level BPE as the <c>gpt2</c> model with its merges, BPE with byte fallback as the
/// <c>llama</c> model with scores. Source: github.com/ggml-org/ggml, docs/gguf.md, and what llama.cpp reads.
/// </summary>
public static class GgufVocabulary
{
    private const int Normal = 1;
    private const int Unknown = 2;
    private const int Control = 3;
    private const int UserDefined = 4;
    private const int Unused = 5;
    private const int Byte = 6;

    /// <summary>The values of the file's <c>tokenizer.*</c> keys, in the order to write.</summary>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="rows">Rows of the model's embedding; ids that the tokenizer lacks become unused entries.</param>
    /// <param name="stopIds">What ends a response: the first one other than EOS becomes the end of a turn.</param>
    /// <param name="template">The chat template in Jinja; null = none.</param>
    /// <param name="preTokenizer">The name of llama.cpp's pre-tokenizer; null = the one that cuts texts as this tokenizer does.</param>
    /// <exception cref="InvalidDataException">A tokenizer that the file's runtimes cannot have, or more tokens than the embedding has rows.</exception>
    public static IReadOnlyList<KeyValuePair<string, object>> Metadata(
        TextTokenizer tokenizer, int rows, IReadOnlyList<int> stopIds, string? template = null, string? preTokenizer = null)
    {
        var definition = tokenizer.Definition;
        if (tokenizer.VocabularySize > rows)
        {
            throw new InvalidDataException($"The tokenizer has ids up to {tokenizer.VocabularySize - 1}, the model's embedding only {rows} rows.");
        }

        var isByteLevel = definition.Decoder.IsByteLevel;
        if (definition.Model is not BpeDefinition { ContinuingSubwordPrefix: null, EndOfWordSuffix: null } model || !(isByteLevel || model.ByteFallback))
        {
            throw new InvalidDataException("This tokenizer cannot be written as GGUF; supported are byte-level BPE and BPE with byte fallback.");
        }

        var values = new List<KeyValuePair<string, object>>();
        Add("model", isByteLevel ? "gpt2" : "llama");
        Add("pre", isByteLevel ? preTokenizer ?? PreTokenizerNames.Find(definition, model) : "default");
        var (tokens, types) = Tokens(definition, rows);
        Add("tokens", tokens);
        if (!isByteLevel)
        {
            Add("scores", Scores(model, rows));
        }

        Add("token_type", types);
        if (isByteLevel)
        {
            Add("merges", model.WrittenMerges().ToArray());
        }
        else
        {
            Add("add_space_prefix", PrependsSpace(definition));
        }

        var ids = definition.Roles;
        AddIds(ids, stopIds, Add);
        Add("add_bos_token", tokenizer.AddsBos);
        Add("add_eos_token", ids[SpecialRoles.Eos] is { } eos && definition.PostProcessor.Apply([-1], null).Ids[^1] == eos);
        if (template is not null)
        {
            values.Add(new("tokenizer.chat_template", template));
        }

        return values;

        void Add(string key, object value) => values.Add(new($"tokenizer.ggml.{key}", value));
    }

    private static void AddIds(IReadOnlyDictionary<string, int?> roles, IReadOnlyList<int> stopIds, Action<string, object> add)
    {
        var eos = roles[SpecialRoles.Eos];
        var endOfTurn = stopIds.Where(id => id != eos).Select(id => (int?)id).FirstOrDefault();
        foreach (var (key, id) in new[] { ("bos", roles[SpecialRoles.Bos]), ("eos", eos), ("eot", endOfTurn), ("unknown", roles[SpecialRoles.Unknown]), ("padding", roles[SpecialRoles.Pad]) })
        {
            if (id is { } value)
            {
                add($"{key}_token_id", (uint)value);
            }
        }
    }

    private static (string[] Tokens, int[] Types) Tokens(TokenizerDefinition definition, int rows)
    {
        var isByteLevel = definition.Decoder.IsByteLevel;
        var tokens = new string[rows];
        var types = new int[rows];
        foreach (var (token, id) in definition.Model.Entries)
        {
            (tokens[id], types[id]) = (token, !isByteLevel && IsByte(token) ? Byte : Normal);
        }

        foreach (var added in definition.AddedTokens)
        {
            // The runtime looks for these in the text itself, where a blank is a blank.
            var text = isByteLevel || added.Special ? added.Content : added.Content.Replace(WordBoundaryStep.Mark, ' ');
            (tokens[added.Id], types[added.Id]) = (text, added.Special ? Control : UserDefined);
        }

        if (!isByteLevel && definition.Roles[SpecialRoles.Unknown] is { } unknown)
        {
            types[unknown] = Unknown;
        }

        for (var id = 0; id < rows; id++)
        {
            if (tokens[id] is null)
            {
                (tokens[id], types[id]) = (string.Create(CultureInfo.InvariantCulture, $"[PAD{id}]"), Unused);
            }
        }

        return (tokens, types);
    }

    private static bool IsByte(string token) =>
        token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>' && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _);

    /// <summary>
    /// The runtime joins the two neighbours whose union has the highest score. The first merge that makes a token decides when it is
    /// made, so its rank, negated, is the score.
    /// </summary>
    private static float[] Scores(BpeDefinition model, int rows)
    {
        var scores = new float[rows];
        Array.Fill(scores, -(float)model.Merges.Count);
        foreach (var merge in model.Merges)
        {
            scores[merge.Id] = Math.Max(scores[merge.Id], -(float)merge.Rank);
        }

        return scores;
    }

    /// <summary>Whether a text begins as if a blank stood before it.</summary>
    private static bool PrependsSpace(TokenizerDefinition definition)
    {
        const char Mark = WordBoundaryStep.Mark;
        return Marked(definition, "a b") switch
        {
            [Mark, 'a', Mark, 'b'] => true,
            ['a', Mark, 'b'] => false,
            _ => throw new InvalidDataException("This tokenizer cannot be written as GGUF: it has byte fallback but does not write blanks as ▁."),
        };
    }

    private static string Marked(TokenizerDefinition definition, string text)
    {
        var pieces = new PieceList(definition.Normalizer?.Invoke(text) ?? text) { StartsText = true };
        foreach (var step in definition.PreTokenizer)
        {
            pieces = step.Apply(pieces);
        }

        return string.Concat(pieces.Ranges.Select(range => pieces[range].ToString()));
    }
}
