using System.Globalization;
using System.Text;

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

    public static TokenDecoder Read(JsonPart? part)
    {
        if (part is not { } decoder)
        {
            var blanks = new TokenDecoder();
            blanks._steps.Add(tokens => [string.Join(' ', tokens)]);
            return blanks;
        }

        var parts = decoder.Type == "Sequence" ? decoder["decoders"].Items().ToArray() : [decoder];
        var result = new TokenDecoder { IsByteLevel = parts.Any(p => p.Type == "ByteLevel") };
        result._steps.AddRange(parts.Select(ReadStep));
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

    private static Func<List<string>, List<string>> ReadStep(JsonPart part)
    {
        switch (part.Type)
        {
            case "ByteLevel":
                return tokens => [Encoding.UTF8.GetString([.. tokens.SelectMany(BytesOf)])];
            case "Fuse":
                return tokens => [string.Concat(tokens)];
            case "ByteFallback":
                return JoinBytes;
            case "Replace":
                var replace = TextReplacement.Read(part);
                return tokens => tokens.ConvertAll(t => replace(t));
            case "Strip":
                var (content, start, stop) = (part["content"].Text, part["start"].Int, part["stop"].Int);
                return tokens => tokens.ConvertAll(t => Strip(t, content, start, stop));
            default:
                throw part.Unsupported($"a {part.Type} decoder");
        }
    }

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
