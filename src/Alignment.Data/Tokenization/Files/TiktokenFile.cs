using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Alignment.Data.Tokenization.Models;
using Alignment.Data.Tokenization.PreTokenizers;

namespace Alignment.Data.Tokenization.Files;

/// <summary>A file of tiktoken: lines of a token's bytes in base64 and its rank, which is its id. The pattern of words is Llama 3's, Qwen's, or the configuration's.</summary>
internal static class TiktokenFile
{
    /// <summary>Whether a <c>tokenizer.model</c> is of this kind: it begins with base64, a blank and a number.</summary>
    public static bool IsOne(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)'\n');
        var line = end < 0 ? bytes : bytes[..end];
        var blank = line.IndexOf((byte)' ');
        return blank > 0 && Base64.IsValid(line[..blank]) && int.TryParse(line[(blank + 1)..].TrimEnd("\r"u8), NumberStyles.None, CultureInfo.InvariantCulture, out _);
    }

    public static TokenizerParts Read(byte[] bytes, string path, TokenizerConfig config)
    {
        var vocabulary = ReadRanks(bytes, path);
        var isLlama3 = config.Pattern is null && config.Class != "QWen" && (Llama3.Is(config) || vocabulary.Count == Llama3.Ranks);
        return new()
        {
            File = Path.GetFileName(path),
            Model = new BpeDefinition { Vocabulary = vocabulary, Merges = RankedMerges.Of(vocabulary, id => id), IgnoreMerges = true, Source = path },
            AddedTokens = isLlama3 && config.AddedTokens.Count == 0 ? [.. Llama3.SpecialTokens().Select(t => (t, (Func<string, InvalidDataException>)(problem => new($"{path}: {problem}."))))] : [],
            PreTokenizer = Words(path, config, isLlama3),
            Decoder = TokenDecoder.ByteLevel(),
            PostProcessor = id => (config.AddBos ?? isLlama3) && id(SpecialRoles.Bos) is { } bos ? PostProcessor.Leading(bos) : PostProcessor.None,
            Roles = isLlama3 ? Llama3.Roles : new Dictionary<string, string>(),
        };
    }

    private static IReadOnlyList<IPreTokenizationStep> Words(string path, TokenizerConfig config, bool isLlama3)
    {
        if (config.Pattern is { } pattern)
        {
            return [new PatternSplitter(TokenizerPattern.Create(pattern.Text, pattern), SplitBehavior.Isolated, invert: false), new ByteLevelStep(addPrefixSpace: false, useRegex: false)];
        }

        return isLlama3 ? WordPatterns.Steps(WordPattern.Gpt4)
            : config.Class == "QWen" ? WordPatterns.Qwen2Steps(addPrefixSpace: false)
            : throw new InvalidDataException($"{path}: the file has no pattern of words and is not Llama 3's; put the pattern into {TokenizerConfig.FileName} as \"pat_str\".");
    }

    private static Dictionary<string, int> ReadRanks(byte[] bytes, string path)
    {
        var vocabulary = new Dictionary<string, int>(StringComparer.Ordinal);
        var ids = new HashSet<int>();
        using var reader = new StreamReader(new MemoryStream(bytes), Encoding.ASCII);
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            if (line.Length == 0)
            {
                continue;
            }

            var (token, id) = ReadLine(line, $"{path}:{number}");
            if (!vocabulary.TryAdd(token, id) || !ids.Add(id))
            {
                throw new InvalidDataException($"{path}:{number}: the token or the rank {id} is there twice.");
            }
        }

        return ByteLetters.All.ToArray().FirstOrDefault(letter => !vocabulary.ContainsKey(letter.ToString())) is not '\0' and var missing
            ? throw new InvalidDataException($"{path}: has no token for the byte 0x{ByteLetters.ToByte(missing):X2}; the file is cut off or of another kind.")
            : vocabulary;
    }

    private static (string Token, int Id) ReadLine(string line, string place)
    {
        var blank = line.IndexOf(' ');
        if (blank > 0 && int.TryParse(line.AsSpan(blank + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id < ModelDefinition.IdLimit)
        {
            var bytes = new byte[blank];
            if (Convert.TryFromBase64String(line[..blank], bytes, out var count) && count > 0)
            {
                return (ByteLetters.Text(bytes[..count]), id);
            }
        }

        throw new InvalidDataException($"{place}: must be a token in base64, a blank and its rank from 0 to {ModelDefinition.IdLimit - 1}.");
    }
}
