using System.Buffers;
using Alignment.Data.Tokenization.Files;
using Alignment.Data.Tokenization.Models;
using Alignment.Data.Tokenization.PreTokenizers;
using Microsoft.ML.Tokenizers;

namespace Alignment.Data.Tokenization;

/// <summary>
/// The tokenizer of a model folder in Hugging Face layout. Ids are those of the tokenizers library; BOS and EOS are added by
/// <see cref="EncodeWithPostProcessor"/> only. As a <see cref="Tokenizer"/> of Microsoft.ML.Tokenizers it encodes plain text. Safe to use
/// from several threads.
/// </summary>
public sealed class TextTokenizer : Tokenizer
{
    private readonly TokenizerDefinition _definition;
    private readonly TextPipeline _pipeline;
    private readonly string?[] _tokens;
    private readonly Dictionary<int, AddedToken> _added;
    private readonly Dictionary<string, int> _specials;
    private readonly Dictionary<string, byte[]> _files;

    private TextTokenizer(TokenizerDefinition definition, Dictionary<string, byte[]> files)
    {
        _definition = definition;
        _files = files;
        _added = definition.AddedTokens.ToDictionary(t => t.Id);
        _specials = definition.AddedTokens.Where(t => t.Special).ToDictionary(t => t.Content, t => t.Id, StringComparer.Ordinal);
        _pipeline = new(definition, _specials.Keys.ToHashSet(StringComparer.Ordinal));
        _tokens = new string?[definition.Model.Entries.Select(e => e.Value).Concat(_added.Keys).Max() + 1];
        foreach (var (token, id) in definition.Model.Entries.Concat(definition.AddedTokens.Select(t => KeyValuePair.Create(t.Content, t.Id))))
        {
            _tokens[id] = token;
        }
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

    /// <summary>SHA-256 of all files that ids depend on, the configuration among them.</summary>
    internal string FilesHash => TokenizerKinds.Hash(_files);

    /// <summary>
    /// Reads <c>tokenizer.json</c>, or where a folder has none <c>tokenizer.model</c> (SentencePiece or tiktoken), <c>spiece.model</c>,
    /// <c>sentencepiece.bpe.model</c>, <c>*.tiktoken</c>, <c>vocab.txt</c> or <c>vocab.json</c> with <c>merges.txt</c>; and <c>tokenizer_config.json</c>, <c>special_tokens_map.json</c> and
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

    /// <summary>The tokenizer of the first folder that has one: of an adapter's folder and those of its bases, for one.</summary>
    /// <param name="folders">At least one.</param>
    /// <exception cref="DirectoryNotFoundException">One that was looked into does not exist.</exception>
    /// <exception cref="FileNotFoundException">None has a tokenizer; the message names the last one.</exception>
    /// <exception cref="InvalidDataException">A file is damaged or has a part that is not supported; the message names file and part.</exception>
    public static TextTokenizer Load(IReadOnlyList<string> folders)
    {
        ArgumentNullException.ThrowIfNull(folders);
        for (var i = 0; ; i++)
        {
            try
            {
                return Load(folders[i]);
            }
            catch (FileNotFoundException) when (i + 1 < folders.Count)
            {
                // The next one may have it.
            }
        }
    }

    /// <summary>Where it was loaded from.</summary>
    public string Folder => _definition.Folder;

    /// <summary>One of its files by name; null where the folder had none.</summary>
    internal byte[]? Shipped(string name) => _files.GetValueOrDefault(name);

    /// <summary>The ids of plain text. Special tokens' strings in it are encoded as the text that they are.</summary>
    public int[] Encode(string text) => _pipeline.Encode(text, IsSpecialText);

    /// <summary>The ids of template text: special tokens' strings in it become those tokens' ids.</summary>
    public int[] EncodeWithSpecials(string text) => _pipeline.Encode(text, null);

    /// <summary>The ids of template text with content in it: the content cannot make or complete a special token, all else can.</summary>
    /// <param name="text">The text.</param>
    /// <param name="content">Where content starts and ends in it, in order.</param>
    public int[] EncodeWithSpecials(string text, IReadOnlyList<(int Start, int End)> content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return _pipeline.Encode(text, (token, start, end) => token.Special && content.Any(c => c.Start < end && start < c.End));
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

    /// <summary>The text of some ids, without special tokens.</summary>
    public override string Decode(IEnumerable<int> ids) => Decode(ids, skipSpecials: true);

    /// <summary>The same, all of it or none where the destination is too small.</summary>
    public override OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten)
    {
        var all = ids.ToArray();
        var text = Decode(all, skipSpecials: true);
        var fits = text.TryCopyTo(destination);
        (idsConsumed, charsWritten) = fits ? (all.Length, text.Length) : (0, 0);
        return fits ? OperationStatus.Done : OperationStatus.DestinationTooSmall;
    }

    /// <summary>Whether <see cref="Decode(IEnumerable{int}, bool)"/> takes out blanks before punctuation (<c>clean_up_tokenization_spaces</c>).</summary>
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

    /// <inheritdoc/>
    protected override EncodeResults<int> EncodeToIds(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        var tokens = EncodeToTokens(text, textSpan, settings);
        return new() { Tokens = [.. tokens.Tokens.Select(t => t.Id)], NormalizedText = tokens.NormalizedText, CharsConsumed = tokens.CharsConsumed };
    }

    /// <summary>The normalized text is the one that the tokens stand for; of tokens that share a character each has all of it.</summary>
    protected override EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        var ids = _pipeline.Encode(text ?? textSpan.ToString(), IsSpecialText, settings.ConsiderNormalization, settings.ConsiderPreTokenization);
        var stream = new StreamingDecoder(this, skipSpecials: false, cleansUp: false);
        var normalized = new System.Text.StringBuilder();
        var tokens = new List<EncodedToken>(ids.Length);
        for (int i = 0, open = 0; i < ids.Length && i < settings.MaxTokenCount; i++)
        {
            var start = normalized.Length;
            var isLast = i == ids.Length - 1 || i == settings.MaxTokenCount - 1;
            normalized.Append(stream.Push(ids[i])).Append(isLast ? stream.Finish() : "");
            for (; (isLast || normalized.Length > start) && open <= i; open++)
            {
                tokens.Add(new(ids[open], _tokens[ids[open]] ?? "", start..normalized.Length));
            }
        }

        return new() { Tokens = tokens, NormalizedText = normalized.ToString(), CharsConsumed = normalized.Length };
    }

    private static bool IsSpecialText(AddedToken token, int start, int end) => token.Special;

    private int? Role(string role) => _definition.Roles.GetValueOrDefault(role);
}
