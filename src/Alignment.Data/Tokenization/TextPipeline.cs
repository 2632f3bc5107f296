using System.Text.RegularExpressions;
using Alignment.Data.Tokenization.Files;
using Alignment.Data.Tokenization.Models;
using Alignment.Data.Tokenization.PreTokenizers;

namespace Alignment.Data.Tokenization;

/// <summary>From text to ids: added tokens are found, the text between them is normalized, cut into pieces, and each piece given to the model.</summary>
/// <param name="definition">Of the tokenizer.</param>
/// <param name="specials">Tokens that the model never makes of text.</param>
internal sealed class TextPipeline(TokenizerDefinition definition, IReadOnlySet<string> specials)
{
    private readonly ITokenModel _model = definition.Model.Build(specials);
    private readonly AddedTokenFinder? _rawTokens = Finder(definition.AddedTokens.Where(t => !IsFoundNormalized(t, definition)), t => t.Content);
    private readonly AddedTokenFinder? _normalizedTokens = Finder(definition.AddedTokens.Where(t => IsFoundNormalized(t, definition)), t => definition.Normalizer!(t.Content));

    /// <param name="text">Any text.</param>
    /// <param name="isText">Whether a match of an added token between two places is but text; null where every match is a token.</param>
    /// <param name="normalizes">Whether the normalizer runs.</param>
    /// <param name="cuts">Whether the text is cut into pieces before the model sees it.</param>
    /// <exception cref="InvalidDataException">A pattern of the tokenizer takes too long.</exception>
    public int[] Encode(string text, Func<AddedToken, int, int, bool>? isText, bool normalizes = true, bool cuts = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = WellFormed(text);
        var ids = new List<int>((text.Length / 3) + 4);
        try
        {
            Scan(_rawTokens, text, ids, isText, (start, end) =>
            {
                var part = text[start..end];
                part = normalizes && definition.Normalizer is { } normalizer ? normalizer(part) : part;
                Scan(_normalizedTokens, part, ids, isText is null ? null : (token, _, _) => isText(token, start, end), (from, to) =>
                    EncodePieces(new PieceList(part.AsSpan(from, to - from)) { StartsText = start + from == 0 }, cuts, ids));
            });
        }
        catch (RegexMatchTimeoutException e)
        {
            throw new InvalidDataException($"{definition.Folder}: the tokenizer's pattern '{e.Pattern}' takes too long on a text of {text.Length} characters; it cannot be used.", e);
        }

        return [.. ids];
    }

    private static void Scan(AddedTokenFinder? finder, string text, List<int> ids, Func<AddedToken, int, int, bool>? isText, Action<int, int> encode)
    {
        if (finder is not null)
        {
            finder.Scan(text, encode, token => ids.Add(token.Id), isText);
        }
        else if (text.Length > 0)
        {
            encode(0, text.Length);
        }
    }

    private void EncodePieces(PieceList pieces, bool cuts, List<int> ids)
    {
        foreach (var step in cuts ? definition.PreTokenizer : [])
        {
            pieces = step.Apply(pieces);
        }

        _model.Encode(pieces, ids);
    }

    private static bool IsFoundNormalized(AddedToken token, TokenizerDefinition definition) => token.Normalized && definition.Normalizer is not null;

    private static AddedTokenFinder? Finder(IEnumerable<AddedToken> tokens, Func<AddedToken, string> content)
    {
        var list = tokens.Select(t => (Content: content(t), t)).Where(t => t.Content.Length > 0).ToArray();
        return list.Length == 0 ? null : new(list);
    }

    /// <summary>Lone surrogates, which are not text, become U+FFFD.</summary>
    internal static string WellFormed(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
        {
            return text;
        }

        var result = new System.Text.StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            result.Append(rune);
        }

        return result.ToString();
    }
}
