using System.Globalization;
using System.Text;
using Alignment.Data.Tokenization.Files;
using Alignment.Data.Tokenization.PreTokenizers;

namespace Alignment.Data.Tokenization;

/// <summary>Reads the <c>decoder</c> part and turns tokens back into text.</summary>
internal sealed class TokenDecoder
{
    private readonly List<Func<List<string>, List<string>>> _steps = [];

    private TokenDecoder()
    {
    }

    /// <summary>Tokens are written in byte letters.</summary>
    public bool IsByteLevel { get; private init; }

    /// <summary>Tokens are words of English, between which blanks are put and taken out again.</summary>
    public bool IsWordPiece { get; private init; }

    /// <summary>Reads the part; where there is none, tokens are joined with blanks.</summary>
    public static TokenDecoder Read(JsonPart? part)
    {
        if (part is not { } decoder)
        {
            return Of(tokens => [string.Join(' ', tokens)]);
        }

        var parts = Flatten(decoder).ToArray();
        var result = new TokenDecoder { IsByteLevel = parts.Any(p => p.Type == "ByteLevel"), IsWordPiece = parts.Any(p => p.Type == "WordPiece") };
        result._steps.AddRange(parts.Select(ReadStep));
        return result;
    }

    /// <summary>Tokens in byte letters.</summary>
    public static TokenDecoder ByteLevel()
    {
        var result = new TokenDecoder { IsByteLevel = true };
        result._steps.Add(JoinLetters);
        return result;
    }

    /// <summary>BERT's tokens.</summary>
    public static TokenDecoder WordPiece(string prefix = "##")
    {
        var result = new TokenDecoder { IsWordPiece = true };
        result._steps.Add(tokens => JoinWordPieces(tokens, prefix, cleanup: true));
        return result;
    }

    /// <summary>SentencePiece's tokens.</summary>
    /// <param name="stripsPrefix">Whether the blank that was put before the text is taken away.</param>
    public static TokenDecoder SentencePiece(bool stripsPrefix)
    {
        var result = Of(tokens => [string.Concat(JoinBytes(tokens.ConvertAll(t => t.Replace(WordBoundaryStep.Mark, ' '))))]);
        if (stripsPrefix)
        {
            result._steps.Add(tokens => tokens.ConvertAll(t => Strip(t, " ", 1, 0)));
        }

        return result;
    }

    public string Decode(List<string> tokens)
    {
        foreach (var step in _steps)
        {
            tokens = step(tokens);
        }

        return string.Concat(tokens);
    }

    /// <summary>The bytes of one token in byte letters; its UTF-8 where it is not written in them.</summary>
    public static byte[] BytesOf(string token)
    {
        var bytes = new byte[token.Length];
        for (var i = 0; i < token.Length; i++)
        {
            var value = ByteLetters.ToByte(token[i]);
            if (value < 0)
            {
                return Encoding.UTF8.GetBytes(token);
            }

            bytes[i] = (byte)value;
        }

        return bytes;
    }

    private static TokenDecoder Of(Func<List<string>, List<string>> step)
    {
        var result = new TokenDecoder();
        result._steps.Add(step);
        return result;
    }

    private static IEnumerable<JsonPart> Flatten(JsonPart part) => part.Type == "Sequence" ? part["decoders"].Items().SelectMany(Flatten) : [part];

    private static Func<List<string>, List<string>> ReadStep(JsonPart part)
    {
        switch (part.Type)
        {
            case "ByteLevel":
                return JoinLetters;
            case "Fuse":
                return tokens => [string.Concat(tokens)];
            case "ByteFallback":
                return JoinBytes;
            case "Replace":
                var replace = TextReplacement.Read(part);
                return tokens => tokens.ConvertAll(t => replace(t));
            case "Strip":
                var (content, start, stop) = (part["content"].Text, part["start"].Int, part["stop"].Int);
                return content.Length > 0 ? tokens => tokens.ConvertAll(t => Strip(t, content, start, stop)) : throw part["content"].Error("is empty");
            case "WordPiece":
                var (prefix, cleanup) = (part.OptionalText("prefix") ?? "##", part.OptionalFlag("cleanup", missing: true));
                return tokens => JoinWordPieces(tokens, prefix, cleanup);
            case "Metaspace":
                var mark = part.OptionalText("replacement") ?? WordBoundaryStep.Mark.ToString();
                var firstMark = PreTokenizerReader.ReadScheme(part) == PrependScheme.Never ? " " : "";
                return tokens => [.. tokens.Select((t, i) => t.Replace(mark, i == 0 ? firstMark : " ", StringComparison.Ordinal))];
            case "BPEDecoder":
                var suffix = part.OptionalText("suffix") ?? "</w>";
                return tokens => [.. tokens.Select((t, i) => t.Replace(suffix, i == tokens.Count - 1 ? "" : " ", StringComparison.Ordinal))];
            case "CTC":
                var (pad, delimiter, cleans) = (part.OptionalText("pad_token") ?? "<pad>", part.OptionalText("word_delimiter_token") ?? "|", part.OptionalFlag("cleanup", missing: true));
                return pad.Length > 0 && delimiter.Length > 0 ? tokens => JoinFrames(tokens, pad, delimiter, cleans) : throw part.Error("has an empty pad_token or word_delimiter_token");
            default:
                throw part.Unsupported($"a {part.Type} decoder");
        }
    }

    private static List<string> JoinLetters(List<string> tokens) => [Encoding.UTF8.GetString([.. tokens.SelectMany(BytesOf)])];

    /// <summary>Blanks between words, none before the continuation of one.</summary>
    private static List<string> JoinWordPieces(List<string> tokens, string prefix, bool cleanup) => [.. tokens.Select((token, i) =>
    {
        var written = i == 0 ? token : token.StartsWith(prefix, StringComparison.Ordinal) ? token[prefix.Length..] : " " + token;
        return cleanup ? TextCleanup.ApplyToToken(written) : written;
    })];

    /// <summary>One token a frame (Graves et al. 2006): neighbours that are equal count once, the pad token stands for nothing.</summary>
    private static List<string> JoinFrames(List<string> tokens, string pad, string delimiter, bool cleanup) => [.. tokens
        .Where((token, i) => i == 0 || token != tokens[i - 1])
        .Select(token => token.Replace(pad, "", StringComparison.Ordinal))
        .Select(token => cleanup ? TextCleanup.ApplyToToken(token).Replace(delimiter, " ", StringComparison.Ordinal) : token)];

    /// <summary>Runs of byte tokens become text; a run that is not UTF-8 becomes one U+FFFD a byte.</summary>
    private static List<string> JoinBytes(List<string> tokens)
    {
        var result = new List<string>(tokens.Count);
        var bytes = new List<byte>();
        foreach (var token in tokens)
        {
            if (token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
                && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                bytes.Add(value);
                continue;
            }

            Flush();
            result.Add(token);
        }

        Flush();
        return result;

        void Flush()
        {
            if (bytes.Count > 0)
            {
                var run = bytes.ToArray();
                result.Add(System.Text.Unicode.Utf8.IsValid(run) ? Encoding.UTF8.GetString(run) : new string('\uFFFD', run.Length));
                bytes.Clear();
            }
        }
    }

    private static string Strip(string token, string content, int start, int stop)
    {
        for (; start > 0 && token.StartsWith(content, StringComparison.Ordinal); start--)
        {
            token = token[content.Length..];
        }

        for (; stop > 0 && token.EndsWith(content, StringComparison.Ordinal); stop--)
        {
            token = token[..^content.Length];
        }

        return token;
    }
}
