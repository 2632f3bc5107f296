namespace Alignment.Data.Tokenization;

/// <summary>
/// The tokenizer of a model folder in Hugging Face layout. Ids are those of the tokenizers library; BOS and EOS are added by
/// <see cref="EncodeWithPostProcessor"/> only. Safe to use from several threads.
/// </summary>
public sealed class TextTokenizer
{
    private static readonly string[] FileNames =
    [
        TokenizerDefinition.FileName, TokenizerConfig.FileName, TokenizerConfig.MapFileName,
        "added_tokens.json", "vocab.json", "merges.txt", "tokenizer.model", "chat_template.jinja", "chat_template.json",
    ];

    private readonly TokenizerDefinition _definition;
    private readonly BpeModel _model;
    private readonly string?[] _tokens;
    private readonly Dictionary<int, AddedToken> _added;
    private readonly Dictionary<string, int> _specials;
    private readonly AddedTokenFinder? _allTokens;
    private readonly AddedTokenFinder? _plainTokens;
    private readonly AddedTokenFinder? _normalizedTokens;
    private readonly Dictionary<string, byte[]> _files;

    private TextTokenizer(TokenizerDefinition definition, Dictionary<string, byte[]> files)
    {
        _definition = definition;
        _files = files;
        _added = definition.AddedTokens.ToDictionary(t => t.Id);
        _specials = definition.AddedTokens.Where(t => t.Special).ToDictionary(t => t.Content, t => t.Id, StringComparer.Ordinal);
        _model = new BpeModel(definition.Model, definition.AddedTokens.Select(t => t.Content).ToHashSet());
        _tokens = new string?[definition.Model.Vocabulary.Values.Concat(_added.Keys).Max() + 1];
        foreach (var (token, id) in definition.Model.Vocabulary.Concat(definition.AddedTokens.Select(t => KeyValuePair.Create(t.Content, t.Id))))
        {
            _tokens[id] = token;
        }

        var raw = definition.AddedTokens.Where(t => t.Special || !t.Normalized || definition.Normalizer is null).ToArray();
        _allTokens = Finder(raw, t => t.Content);
        _plainTokens = Finder(raw.Where(t => !t.Special), t => t.Content);
        _normalizedTokens = Finder(definition.AddedTokens.Except(raw), t => definition.Normalizer!(t.Content));
    }

    /// <summary>One more than the highest id: the least number of rows that a model's embedding needs.</summary>
    public int VocabularySize => _tokens.Length;

    /// <summary>The <c>bos_token</c>; null where the tokenizer declares none.</summary>
    public int? BosId => _definition.BosId;

    /// <summary>Whether an <c>eos_token</c> is declared; an encoder's tokenizer needs none.</summary>
    public bool HasEos => _definition.EosId is not null;

    /// <summary>The <c>eos_token</c>, which ends every response.</summary>
    /// <exception cref="InvalidDataException">None is declared.</exception>
    public int EosId => _definition.EosId ?? throw new InvalidDataException(
        $"{_definition.Folder}: no eos_token in {TokenizerConfig.FileName} or {TokenizerConfig.MapFileName}; generation and training need one: declare it there.");

    /// <summary>The <c>pad_token</c>; EOS where none is declared, 0 where there is no EOS either. Masks come from lengths, never from this id.</summary>
    public int PadId => _definition.PadId ?? _definition.EosId ?? 0;

    /// <summary>Whether the model's own tokenizer begins every text with <see cref="BosId"/>.</summary>
    public bool AddsBos => BosId is { } bos && _definition.PostProcessor.FirstId == bos;

    /// <summary>SHA-256 of <c>tokenizer.json</c> in lower-case hexadecimal: two models with the same one share ids.</summary>
    public string Fingerprint => _definition.Fingerprint;

    /// <summary>Reads <c>tokenizer.json</c> with <c>tokenizer_config.json</c> and <c>special_tokens_map.json</c> where they exist.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">It has no tokenizer.json.</exception>
    /// <exception cref="InvalidDataException">A file is damaged or has a part that is not supported; the message names file and part.</exception>
    public static TextTokenizer Load(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"The tokenizer folder '{folder}' does not exist.");
        }

        var files = FileNames.Where(n => File.Exists(Path.Combine(folder, n))).ToDictionary(n => n, n => File.ReadAllBytes(Path.Combine(folder, n)));
        return new(TokenizerDefinition.Read(folder, files), files);
    }

    /// <summary>The ids of plain text. Special tokens' strings in it are encoded as the text that they are.</summary>
    public int[] Encode(string text) => Encode(text, _plainTokens);

    /// <summary>The ids of template text: special tokens' strings in it become those tokens' ids.</summary>
    public int[] EncodeWithSpecials(string text) => Encode(text, _allTokens);

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
        return System.Text.Unicode.Utf8.IsValid(bytes) ? System.Text.Encoding.UTF8.GetString(bytes) : string.Concat(bytes.Select(b => BpeModel.ByteToken(b)));
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

    private int[] Encode(string text, AddedTokenFinder? finder)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ids = new List<int>();
        Scan(finder, WellFormed(text), ids, part =>
            Scan(_normalizedTokens, _definition.Normalizer?.Invoke(part) ?? part, ids, piece => EncodePieces(piece, ids)));
        return [.. ids];
    }

    private static void Scan(AddedTokenFinder? finder, string text, List<int> ids, Action<string> encode)
    {
        if (finder is null)
        {
            encode(text);
        }
        else
        {
            finder.Scan(text, encode, token => ids.Add(token.Id));
        }
    }

    private void EncodePieces(string text, List<int> ids)
    {
        var pieces = new PieceList(text);
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
