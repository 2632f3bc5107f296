using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Alignment.Data.Tokenization.Files;

namespace Alignment.Data.Tokenization.Normalizers;

/// <summary>
/// SentencePiece's compiled table of replacements (<c>precompiled_charsmap</c>): the length of a double-array trie, the trie, and
/// the replacements, each ended by a zero byte. A short cluster of characters is replaced by what the shortest entry that it begins
/// with says, else each of its characters; that is how the tokenizers library applies it.
/// </summary>
internal sealed class PrecompiledCharacters
{
    // Longer clusters (in UTF-8) are looked at character by character.
    private const int LongestCluster = 5;

    private const int LongestReplacement = 256;

    private readonly uint[] _units;
    private readonly byte[] _replacements;
    private readonly string?[] _ascii = new string?[0x80];

    private PrecompiledCharacters(uint[] units, byte[] replacements)
    {
        _units = units;
        _replacements = replacements;
        for (var c = 0; c < _ascii.Length; c++)
        {
            _ascii[c] = Find([(byte)c]);
        }
    }

    /// <summary>Reads the base64 string of a tokenizer.json.</summary>
    public static PrecompiledCharacters Read(JsonPart part)
    {
        try
        {
            return Read(Convert.FromBase64String(part.Text), part.Error);
        }
        catch (FormatException e)
        {
            throw part.Error($"is not base64 ({e.Message})");
        }
    }

    /// <summary>Reads the table itself.</summary>
    public static PrecompiledCharacters Read(ReadOnlySpan<byte> table, Func<string, InvalidDataException> error)
    {
        if (table.Length < 4 || BinaryPrimitives.ReadUInt32LittleEndian(table) is var size && (size == 0 || size % 4 != 0 || size > table.Length - 4))
        {
            throw error("is not a table of replacements: its first number, the size of its trie, does not fit");
        }

        var units = new uint[size / 4];
        for (var i = 0; i < units.Length; i++)
        {
            units[i] = BinaryPrimitives.ReadUInt32LittleEndian(table[(4 + (i * 4))..]);
        }

        var replacements = table[(4 + (int)size)..];
        foreach (var part in replacements.Split((byte)0))
        {
            if (part.End.Value - part.Start.Value > LongestReplacement)
            {
                throw error($"has a replacement of {part.End.Value - part.Start.Value} bytes; at most {LongestReplacement} are supported");
            }
        }

        return new(units, replacements.ToArray());
    }

    public string Normalize(string text)
    {
        var result = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length;)
        {
            // Two ASCII characters never form a cluster, but for CR LF.
            if (text[i] < 0x80 && text[i] != '\r' && (i + 1 == text.Length || text[i + 1] < 0x80))
            {
                Append(result, _ascii[text[i]], text.AsSpan(i, 1));
                i++;
                continue;
            }

            var length = StringInfo.GetNextTextElementLength(text, i);
            AppendCluster(result, text.AsSpan(i, length));
            i += length;
        }

        return result.ToString();
    }

    private static void Append(StringBuilder result, string? replacement, ReadOnlySpan<char> original)
    {
        if (replacement is null)
        {
            result.Append(original);
        }
        else
        {
            result.Append(replacement);
        }
    }

    private void AppendCluster(StringBuilder result, ReadOnlySpan<char> cluster)
    {
        Span<byte> utf8 = stackalloc byte[LongestCluster];
        if (Encoding.UTF8.TryGetBytes(cluster, utf8, out var count) && Find(utf8[..count]) is { } whole)
        {
            result.Append(whole);
            return;
        }

        foreach (var rune in cluster.EnumerateRunes())
        {
            var replacement = Find(utf8[..rune.EncodeToUtf8(utf8)]);
            if (replacement is null)
            {
                result.Append(rune);
            }
            else
            {
                result.Append(replacement);
            }
        }
    }

    /// <summary>The replacement of the shortest entry that the bytes begin with; null where none does.</summary>
    private string? Find(ReadOnlySpan<byte> bytes)
    {
        var node = Offset(_units[0]);
        foreach (var value in bytes)
        {
            node ^= value;
            if (value == 0 || node >= _units.Length || (_units[node] & 0x8000_00FF) != value)
            {
                return null;
            }

            var unit = _units[node];
            node ^= Offset(unit);
            if (((unit >> 8) & 1) == 1 && node < _units.Length)
            {
                return Replacement(_units[node] & 0x7FFF_FFFF);
            }
        }

        return null;
    }

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & 0x200) >> 6);

    private string? Replacement(uint start)
    {
        if (start >= _replacements.Length)
        {
            return null;
        }

        var rest = _replacements.AsSpan((int)start);
        var end = rest.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
    }
}
