using System.Text.RegularExpressions;
using Alignment.Data.Tokenization.Files;
using Alignment.Data.Tokenization.Models;
using Alignment.Data.Tokenization.PreTokenizers;

namespace Alignment.Data.Tokenization;

/// <summary>
/// The tokenizer of a model folder in Hugging Face layout. Ids are those of the tokenizers library; BOS and EOS are added by
/// <see cref="EncodeWithPostProcessor"/> only. Safe to use from several threads.
/// </summary>
public sealed class TextTokenizer
{
    private readonly TokenizerDefinition _definition;
    private readonly ITokenModel _model;
    private readonly string?[] _tokens;
    private readonly Dictionary<int, AddedToken> _added;
    private readonly Dictionary<string, int> _specials;
    private readonly AddedTokenFinder? _rawTokens;
    private readonly AddedTokenFinder? _normalizedTokens;
    private readonly Dictionary<string, byte[]> _files;

    private TextTokenizer(TokenizerDefinition definition, Dictionary<string, byte[]> files)
    {
        _definition = definition;
        _files = files;
        _added = definition.AddedTokens.ToDictionary(t => t.Id);
        _specials = definition.AddedTokens.Where(t => t.Special).ToDictionary(t => t.Content, t => t.Id, StringComparer.Ordinal);
        _model = definition.Model.Build(_specials.Keys.ToHashSet(StringComparer.Ordinal));
        _tokens = new string?[definition.Model.Entries.Select(e => e.Value).Concat(_added.Keys).Max() + 1];
        foreach (var (token, id) in definition.Model.Entries.Concat(definition.AddedTokens.Select(t => KeyValuePair.Create(t.Content, t.Id))))
        {
            _tokens[id] = token;
        }

        var normalizer = definition.Normalizer;
        var raw = definition.AddedTokens.Where(t => !t.Normalized || normalizer is null).ToArray();
        _rawTokens = Finder(raw, t => t.Content);
        _normalizedTokens = Finder(definition.AddedTokens.Except(raw), t => normalizer!(t.Content));
    }

    /// <summary>What the files say.</summary>
    internal TokenizerDefinition Definition => _definition;

    /// <summary>One more than the highest id: the least number of rows that a model's embedding needs.</summary>
    public int VocabularySize => _tokens.Length;

    /// <summary>The <c>bos_token</c>; null where the tokenizer declares none.</summary>
    public int? BosId => Role(SpecialRoles.Bos);

    /// <summary>Whether an <c>eos_token</c> is declared; an encoder's tokenizer needs none.</summary>
    public bool HasEos => Role(SpecialRoles.Eos) is not null;

    /// <summary>The <c>eos_token</c>, which ends every response.</summary>
    /// <exception cref="InvalidDataException">None is declared.</exception>
    public int EosId => Role(SpecialRoles.Eos) ?? throw new InvalidDataException(
        $"{_definition.Folder}: no eos_token in {TokenizerConfig.FileName} or {TokenizerConfig.MapFileName}; generation and training need one: declare it there.");

    /// <summary>The <c>pad_token</c>; EOS where none is declared, 0 where there is no EOS either. Masks come from lengths, never from this id.</summary>
    public int PadId => Role(SpecialRoles.Pad) ?? Role(SpecialRoles.Eos) ?? 0;

    /// <summary>The <c>unk_token</c>, which stands for what the vocabulary lacks; null where the tokenizer declares none.</summary>
    public int? UnknownId => Role(SpecialRoles.Unknown);

    /// <summary>Whether the model's own tokenizer begins every text with <see cref="BosId"/>.</summary>
    public bool AddsBos => BosId is { } bos && _definition.PostProcessor.FirstId == bos;

    /// <summary>SHA-256 of <c>tokenizer.json</c>, else of the files in its place, in lower-case hexadecimal: two models with the same one share ids.</summary>
    public string Fingerprint => _definition.Fingerprint;

    /// <summary>
    /// Reads <c>tokenizer.json</c>, or where a folder has none <c>tokenizer.model</c> (SentencePiece or tiktoken), <c>*.tiktoken</c>,
    /// <c>vocab.txt</c> or <c>vocab.json</c> with <c>merges.txt</c>; and <c>tokenizer_config.json</c>, <c>special_tokens_map.json</c> and
    /// <c>added_tokens.json</c> where they exist.
    /// </summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">It has no tokenizer.</exception>
    /// <exception cref="InvalidDataException">A file is damaged or has a part that is not supported; the message names file and part.</exception>
    public static TextTokenizer Load(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"The tokenizer folder '{folder}' does not exist.");
        }

        var files = TokenizerKinds.Find(folder);
        return new(TokenizerDefinition.Read(folder, files), files);
    }

    /// <summary>The ids of plain text. Special tokens' strings in it are encoded as the text that they are.</summary>
    public int[] Encode(string text) => Encode(text, (token, _, _) => token.Special);

    /// <summary>The ids of template text: special tokens' strings in it become those tokens' ids.</summary>
    public int[] EncodeWithSpecials(string text) => Encode(text, null);

    /// <summary>The ids of template text with content in it: the content cannot make or complete a special token, all else can.</summary>
    /// <param name="text">The text.</param>
    /// <param name="content">Where content starts and ends in it, in order.</param>
    public int[] EncodeWithSpecials(string text, IReadOnlyList<(int Start, int End)> content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return Encode(text, (token, start, end) => token.Special && content.Any(c => c.Start < end && start < c.End));
    }

    /// <summary>The ids that the model's own tokenizer gives: special tokens' strings in the text are those tokens, and what belongs around a text is added.</summary>
    /// <param name="text">The text.</param>
    /// <param name="pair">A second text that belongs to it; null where there is none.</param>
    public int[] EncodeWithPostProcessor(string text, string? pair = null) => EncodeWithTypes(text, pair).Ids;

    /// <summary>The same as <see cref="EncodeWithPostProcessor"/>, with each id's segment.</summary>
    /// <param name="text">The text.</param>
    /// <param name="pair">A second text that belongs to it; null where there is none.</param>
    public EncodedText EncodeWithTypes(string text, string? pair = null)
    {
        var (ids, types) = _definition.PostProcessor.Apply(EncodeWithSpecials(text), pair is null ? null : EncodeWithSpecials(pair));
        return new(ids, types);
    }

    /// <summary>The id of a special token; null where this tokenizer has no such special token.</summary>
    public int? SpecialId(string token) => _specials.TryGetValue(token, out var id) ? id : null;

    /// <summary>Whether the id is a special token's.</summary>
    public bool IsSpecial(int id) => _added.TryGetValue(id, out var token) && token.Special;

    /// <summary>The text of some ids. Ids that no token has (a model's padded rows) give nothing; broken UTF-8 gives U+FFFD.</summary>
    public string Decode(IEnumerable<int> ids, bool skipSpecials = true)
    {
        var text = DecodeUncleaned(ids, skipSpecials);
        return CleansUpSpaces ? TextCleanup.Apply(text) : text;
    }

    /// <summary>Whether <see cref="Decode"/> takes out blanks before punctuation (<c>clean_up_tokenization_spaces</c>).</summary>
    internal bool CleansUpSpaces => _definition.CleansUpSpaces;

    /// <summary>The text of some ids before <see cref="TextCleanup"/>.</summary>
    internal string DecodeUncleaned(IEnumerable<int> ids, bool skipSpecials)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var tokens = new List<string>();
        foreach (var id in ids)
        {
            if ((uint)id < (uint)_tokens.Length && _tokens[id] is { } token && !(skipSpecials && IsSpecial(id)))
            {
                tokens.Add(token);
            }
        }

        return tokens.Count == 0 ? "" : _definition.Decoder.Decode(tokens);
    }

    /// <summary>One token for people to read: its text, or its bytes as <c>&lt;0xE2&gt;</c> where they are part of a character.</summary>
    public string TokenText(int id)
    {
        if ((uint)id >= (uint)_tokens.Length || _tokens[id] is not { } token)
        {
            return $"<id {id}>";
        }

        if (_added.ContainsKey(id))
        {
            return token;
        }

        if (!_definition.Decoder.IsByteLevel)
        {
            return token.Replace(WordBoundaryStep.Mark, ' ');
        }

        var bytes = TokenDecoder.BytesOf(token);
        return System.Text.Unicode.Utf8.IsValid(bytes) ? System.Text.Encoding.UTF8.GetString(bytes) : string.Concat(bytes.Select(b => ByteTokens.Token(b)));
    }

    /// <summary>Writes the tokenizer files, byte for byte as they were loaded, into a folder that exists or is made.</summary>
    public void CopyTo(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var (name, bytes) in _files)
        {
            File.WriteAllBytes(Path.Combine(folder, name), bytes);
        }
    }

    private static AddedTokenFinder? Finder(IEnumerable<AddedToken> tokens, Func<AddedToken, string> content)
    {
        var list = tokens.Select(t => (Content: content(t), t)).Where(t => t.Content.Length > 0).ToArray();
        return list.Length == 0 ? null : new(list);
    }

    private int? Role(string role) => _definition.Roles.GetValueOrDefault(role);

    private int[] Encode(string text, Func<AddedToken, int, int, bool>? isText)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = WellFormed(text);
        var ids = new List<int>((text.Length / 3) + 4);
        try
        {
            Scan(_rawTokens, text, ids, isText, (start, end) =>
            {
                var part = text[start..end];
                part = _definition.Normalizer?.Invoke(part) ?? part;
                Scan(_normalizedTokens, part, ids, isText is null ? null : (token, _, _) => isText(token, start, end), (from, to) => EncodePieces(part.AsSpan(from, to - from), start + from == 0, ids));
            });
        }
        catch (RegexMatchTimeoutException e)
        {
            throw new InvalidDataException($"{_definition.Folder}: the tokenizer's pattern '{e.Pattern}' takes too long on a text of {text.Length} characters; it cannot be used.", e);
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

    private void EncodePieces(ReadOnlySpan<char> text, bool startsText, List<int> ids)
    {
        var pieces = new PieceList(text) { StartsText = startsText };
        foreach (var step in _definition.PreTokenizer)
        {
            pieces = step.Apply(pieces);
        }

        _model.Encode(pieces, ids);
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
