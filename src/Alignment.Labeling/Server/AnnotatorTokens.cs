using System.Security.Cryptography;
using System.Text;
using Alignment.Data;
using Alignment.Labeling.Formats;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Server;

/// <summary>Who may sign in with which token. The file has one JSON object a line: <c>{"annotator": "ada", "sha256": "9f86…", "role": "annotator"}</c>,
/// with the token's hash or, as <c>token</c>, the token itself.</summary>
public sealed class AnnotatorTokens
{
    /// <summary>The shortest token, in characters.</summary>
    public const int ShortestToken = 16;

    private const int LongestToken = 512;
    private const int RandomBytes = 24;

    private readonly List<(string Annotator, byte[] Hash, AnnotatorRole Role)> _entries;

    private AnnotatorTokens(List<(string, byte[], AnnotatorRole)> entries) => _entries = entries;

    /// <summary>A new token: 192 random bits.</summary>
    public static string NewToken() => System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>The line of a file of tokens that lets an annotator in, with the token's hash.</summary>
    /// <param name="annotator">Whose token it is.</param>
    /// <param name="token">The token.</param>
    /// <param name="role">What its owner may do.</param>
    public static string Line(string annotator, string token, AnnotatorRole role) =>
        LabelJson.Write(new AnnotatorToken(annotator, Sha256: Convert.ToHexStringLower(Hash(token)), Role: role));

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="DataFormatException">A line is wrong, or nobody could sign in.</exception>
    public static AnnotatorTokens Read(string path)
    {
        List<(string, byte[] Hash, AnnotatorRole)> entries = [];
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            var where = $"{path}:{number}";
            var entry = LabelJson.Read<AnnotatorToken>(Encoding.UTF8.GetBytes(line), where);
            var hash = HashOf(entry, where);
            if (entries.Any(other => other.Hash.AsSpan().SequenceEqual(hash)))
            {
                throw new DataFormatException(where, "this token stands in the file already", "give each annotator a token of their own");
            }

            entries.Add((entry.Annotator, hash, entry.Role));
        }

        return entries.Count > 0 ? new(entries) : throw new DataFormatException(path, "there are no tokens", "add some with 'alignment label token'");
    }

    /// <summary>Whose token it is. Every entry is compared, each in constant time.</summary>
    /// <param name="token">What somebody gave.</param>
    /// <returns>The owner; null when it is nobody's.</returns>
    internal (string Annotator, AnnotatorRole Role)? Find(string? token)
    {
        var hash = Hash(token is { Length: <= LongestToken } ? token : "");
        (string, AnnotatorRole)? found = null;
        foreach (var entry in _entries)
        {
            if (CryptographicOperations.FixedTimeEquals(entry.Hash, hash))
            {
                found = (entry.Annotator, entry.Role);
            }
        }

        return found;
    }

    /// <summary>What is compared in a token's place, so that its length tells nothing.</summary>
    internal static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private static byte[] HashOf(AnnotatorToken entry, string where)
    {
        if (string.IsNullOrWhiteSpace(entry.Annotator) || entry.Annotator.Length > Vote.LongestAnnotator || entry.Annotator.Any(char.IsControl))
        {
            throw new DataFormatException(where, "annotator is no name", $"it must be 1 to {Vote.LongestAnnotator} characters without control characters");
        }

        if ((entry.Token is null) == (entry.Sha256 is null))
        {
            throw new DataFormatException(where, "there must be one of token and sha256", "'alignment label token' writes a line");
        }

        if (entry.Token is { } token)
        {
            return token.Length is >= ShortestToken and <= LongestToken
                ? Hash(token)
                : throw new DataFormatException(where, $"token has {token.Length} characters", $"it must have {ShortestToken} to {LongestToken}; 'alignment label token' makes a good one");
        }

        return entry.Sha256!.Length == 2 * SHA256.HashSizeInBytes && entry.Sha256.All(char.IsAsciiHexDigit)
            ? Convert.FromHexString(entry.Sha256)
            : throw new DataFormatException(where, "sha256 is no hash", "it must be 64 hexadecimal digits");
    }
}
