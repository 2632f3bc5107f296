using System.Buffers;
using System.Collections.Concurrent;
using System.Text;

namespace Microsoft.ML.Tokenizers;

/// <summary>Byte pair encoding (Sennrich et al. 2016). Safe to use from several threads.</summary>
public sealed class BpeTokenizer : Tokenizer
{
    private const int CachedWordLength = 32;
    private const int CacheCapacity = 1 << 16;
    private const int StackLimit = 256;

    private readonly Dictionary<string, int> vocabulary = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> vocabularyBySpan;
    private readonly Dictionary<int, string> tokens = [];
    private readonly Dictionary<string, int>? special;
    private readonly Dictionary<int, string> specialById = [];
    private readonly BpeMerger merger;
    private readonly int? unknownId;
    private readonly (int Id, string Token)? beginning;
    private readonly (int Id, string Token)? end;
    private readonly ConcurrentDictionary<string, int[]> cache = new(StringComparer.Ordinal);
    private int cached;

    private BpeTokenizer(BpeOptions options)
    {
        foreach (var (token, id) in options.Vocabulary)
        {
            vocabulary.Add(token, id);
            tokens.Add(id, token);
        }

        if (vocabulary.Count == 0)
        {
            throw new InvalidOperationException("The vocabulary cannot be empty.");
        }

        vocabularyBySpan = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        PreTokenizer = options.PreTokenizer ?? PreTokenizer.CreateWordOrNonWord();
        Normalizer = options.Normalizer;
        ByteLevel = options.ByteLevel;
        FuseUnknownTokens = options.FuseUnknownTokens;
        ContinuingSubwordPrefix = options.ContinuingSubwordPrefix;
        EndOfWordSuffix = options.EndOfWordSuffix;
        SpecialTokens = options.SpecialTokens;
        if (SpecialTokens is not null)
        {
            special = new(SpecialTokens, StringComparer.Ordinal);
            specialById = SpecialTokens.ToDictionary(p => p.Value, p => p.Key);
        }

        UnknownToken = options.UnknownToken;
        unknownId = UnknownToken is null ? null : Require(UnknownToken, $"Unknown Token '{UnknownToken}' was not present in 'Vocabulary'.");
        BeginningOfSentenceToken = options.BeginningOfSentenceToken;
        beginning = Sentence(options.BeginningOfSentenceToken, "beginning");
        end = Sentence(options.EndOfSentenceToken, "end");
        merger = new BpeMerger(ReadMerges(options.Merges ?? []));
    }

    public override PreTokenizer PreTokenizer { get; }

    public override Normalizer? Normalizer { get; }

    public IReadOnlyDictionary<string, int>? SpecialTokens { get; }

    public IReadOnlyDictionary<string, int> Vocabulary => vocabulary;

    public string? UnknownToken { get; }

    public bool FuseUnknownTokens { get; }

    public string? ContinuingSubwordPrefix { get; }

    public string? EndOfWordSuffix { get; }

    public bool ByteLevel { get; }

    public string? BeginningOfSentenceToken { get; }

    public static BpeTokenizer Create(BpeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(options);
    }

    public override string Decode(IEnumerable<int> ids) => Decode(ids, considerSpecialTokens: true);

    /// <summary>The text of some ids; unknown ids give nothing, special tokens only if asked for.</summary>
    public string Decode(IEnumerable<int> ids, bool considerSpecialTokens)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var text = new StringBuilder();
        foreach (var id in ids)
        {
            if (specialById.TryGetValue(id, out var token) || (id == unknownId && !ByteLevel && (token = UnknownToken) is not null))
            {
                text.Append(considerSpecialTokens ? token : "");
            }
            else if (tokens.TryGetValue(id, out token))
            {
                text.Append(token);
            }
        }

        if (!string.IsNullOrEmpty(EndOfWordSuffix))
        {
            if (text.Length >= EndOfWordSuffix.Length && text.ToString(text.Length - EndOfWordSuffix.Length, EndOfWordSuffix.Length) == EndOfWordSuffix)
            {
                text.Length -= EndOfWordSuffix.Length;
            }

            text.Replace(EndOfWordSuffix, ByteLevel ? "" : " ");
        }

        if (!string.IsNullOrEmpty(ContinuingSubwordPrefix))
        {
            text.Replace(ContinuingSubwordPrefix, "");
        }

        return ByteLevel ? FromByteLetters(text.ToString()) : text.ToString();
    }

    /// <summary>All of the text or none of it.</summary>
    public override OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten)
    {
        var all = ids.ToArray();
        var text = Decode(all);
        var fits = text.TryCopyTo(destination);
        (idsConsumed, charsWritten) = fits ? (all.Length, text.Length) : (0, 0);
        return fits ? OperationStatus.Done : OperationStatus.DestinationTooSmall;
    }

    protected override EncodeResults<int> EncodeToIds(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        var input = Prepare(text, textSpan, settings, out var normalized);
        if (input.IsEmpty)
        {
            return new() { Tokens = [] };
        }

        var ids = new List<int>((input.Length / 3) + 2);
        if (beginning is { } first)
        {
            ids.Add(first.Id);
        }

        foreach (var (offset, length) in Pieces(normalized ?? text, input, settings))
        {
            ids.AddRange(EncodePiece(input.Slice(offset, length)));
        }

        if (end is { } last)
        {
            ids.Add(last.Id);
        }

        return new() { Tokens = ids, NormalizedText = normalized, CharsConsumed = input.Length };
    }

    protected override EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        var input = Prepare(text, textSpan, settings, out var normalized);
        if (input.IsEmpty)
        {
            return new() { Tokens = [] };
        }

        var found = new List<EncodedToken>();
        if (beginning is { } first)
        {
            found.Add(new(first.Id, first.Token, 0..0));
        }

        foreach (var (offset, length) in Pieces(normalized ?? text, input, settings))
        {
            AddTokens(input.Slice(offset, length), offset, found);
        }

        if (end is { } last)
        {
            found.Add(new(last.Id, last.Token, input.Length..input.Length));
        }

        return new() { Tokens = found, NormalizedText = normalized, CharsConsumed = input.Length };
    }

    private ReadOnlySpan<char> Prepare(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings, out string? normalized)
    {
        normalized = null;
        if (textSpan.IsEmpty || !settings.ConsiderNormalization || Normalizer is null)
        {
            return textSpan;
        }

        normalized = text is null ? Normalizer.Normalize(textSpan) : Normalizer.Normalize(text);
        return normalized;
    }

    private IEnumerable<(int Offset, int Length)> Pieces(string? text, ReadOnlySpan<char> input, EncodeSettings settings) =>
        !settings.ConsiderPreTokenization ? [(0, input.Length)]
        : text is null ? PreTokenizer.PreTokenize(input)
        : PreTokenizer.PreTokenize(text);

    private ReadOnlySpan<int> EncodePiece(ReadOnlySpan<char> piece)
    {
        if (special is not null && special.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(piece, out var specialId))
        {
            return new[] { specialId };
        }

        if (cache.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(piece, out var ids))
        {
            return ids;
        }

        var word = ByteLevel ? ToByteLetters(piece).Letters : piece;
        var symbols = word.Length <= StackLimit ? stackalloc int[word.Length] : new int[word.Length];
        var lengths = word.Length <= StackLimit ? stackalloc int[word.Length] : new int[word.Length];
        var count = EncodeWord(word, symbols, lengths);
        ids = symbols[..count].ToArray();
        if (piece.Length <= CachedWordLength && cached < CacheCapacity && cache.TryAdd(piece.ToString(), ids))
        {
            Interlocked.Increment(ref cached);
        }

        return ids;
    }

    private void AddTokens(ReadOnlySpan<char> piece, int offset, List<EncodedToken> found)
    {
        if (special is not null && special.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(piece, out var specialId))
        {
            found.Add(new(specialId, specialById[specialId], offset..(offset + piece.Length)));
            return;
        }

        var (word, sources) = ByteLevel ? ToByteLetters(piece) : (piece.ToString(), null);
        var symbols = new int[word.Length];
        var lengths = new int[word.Length];
        var count = EncodeWord(word, symbols, lengths);
        var start = 0;
        for (var i = 0; i < count; i++)
        {
            var stop = start + lengths[i];
            var range = sources is null ? (start + offset)..(stop + offset) : (sources[start] + offset)..(sources[stop - 1] + 1 + offset);
            found.Add(new(symbols[i], tokens[symbols[i]], range));
            start = stop;
        }
    }

    /// <summary>One symbol per character (with prefix and suffix where the model has them), then merges.</summary>
    private int EncodeWord(ReadOnlySpan<char> word, Span<int> ids, Span<int> lengths)
    {
        var count = 0;
        var fusing = false;
        for (var i = 0; i < word.Length;)
        {
            var length = i + 1 < word.Length && char.IsSurrogatePair(word[i], word[i + 1]) ? 2 : 1;
            var character = word.Slice(i, length);
            if (i > 0 && !string.IsNullOrEmpty(ContinuingSubwordPrefix))
            {
                character = string.Concat(ContinuingSubwordPrefix, character);
            }

            i += length;
            if (i == word.Length && !string.IsNullOrEmpty(EndOfWordSuffix))
            {
                character = string.Concat(character, EndOfWordSuffix);
            }

            if (vocabularyBySpan.TryGetValue(character, out var id))
            {
                fusing = false;
            }
            else if (unknownId is null)
            {
                continue;
            }
            else if (fusing && FuseUnknownTokens)
            {
                lengths[count - 1] += length;
                continue;
            }
            else
            {
                id = unknownId.Value;
                fusing = true;
            }

            ids[count] = id;
            lengths[count++] = length;
        }

        return merger.Merge(ids[..count], lengths[..count]);
    }

    private static (string Letters, int[] Sources) ToByteLetters(ReadOnlySpan<char> piece)
    {
        var letters = new StringBuilder(piece.Length);
        var sources = new List<int>(piece.Length);
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < piece.Length;)
        {
            Rune.DecodeFromUtf16(piece[i..], out var rune, out var consumed);
            var count = rune.EncodeToUtf8(utf8);
            foreach (var value in utf8[..count])
            {
                letters.Append(ByteLetters.ToLetter(value));
                sources.Add(i);
            }

            i += consumed;
        }

        return (letters.ToString(), [.. sources]);
    }

    private static string FromByteLetters(string letters)
    {
        var bytes = new List<byte>(letters.Length);
        foreach (var letter in letters)
        {
            if (ByteLetters.ToByte(letter) is >= 0 and var value)
            {
                bytes.Add((byte)value);
            }
            else
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(letter.ToString()));
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    private Dictionary<long, (int Rank, int Id)> ReadMerges(IEnumerable<string> lines)
    {
        var merges = new Dictionary<long, (int, int)>();
        var prefix = ContinuingSubwordPrefix?.Length ?? 0;
        foreach (var line in lines)
        {
            var space = line.IndexOf(' ');
            if (space < 0 || space == line.Length - 1 || line.IndexOf(' ', space + 1) >= 0)
            {
                throw new InvalidOperationException("Invalid merger file format");
            }

            var (left, right) = (line[..space], line[(space + 1)..]);
            if (right.Length <= prefix)
            {
                throw new InvalidOperationException($"The merge value '{right}' is too short to be merged with a prefix of length {prefix}.");
            }

            var key = BpeMerger.Key(Known(left), Known(right));
            merges.Add(key, (merges.Count, Known(left + right[prefix..])));
        }

        return merges;
    }

    private int Known(string token) => Require(token, $"Trying to merge a token '{token}' which not exist in the vocabulary.");

    private int Require(string token, string message) =>
        vocabulary.TryGetValue(token, out var id) ? id : throw new InvalidOperationException(message);

    private (int, string)? Sentence(string? token, string place) =>
        token is null ? null
        : special is not null && !vocabulary.ContainsKey(token) && special.TryGetValue(token, out var id) ? (id, token)
        : (Require(token, $"The {place} of sentence token '{token}' was not present in the vocabulary."), token);
}
