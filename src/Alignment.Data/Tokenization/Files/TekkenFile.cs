using System.Buffers.Text;
using Alignment.Data.Tokenization.Models;
using Alignment.Data.Tokenization.PreTokenizers;

namespace Alignment.Data.Tokenization.Files;

/// <summary>
/// Mistral's <c>tekken.json</c>: tiktoken's ranks with their pattern. Special tokens have the first ids, a fixed number of them; an ordinary
/// token's id is its rank behind these, and of the ranks only as many count as the vocabulary has room for (mistral-common, <c>tekken.py</c>).
/// </summary>
internal static class TekkenFile
{
    public const string FileName = "tekken.json";
    private const int MostSpecials = 100_000;

    // Files from before 2025 do not list them.
    private static readonly string[] Specials =
    [
        "<unk>", "<s>", "</s>", "[INST]", "[/INST]", "[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]", "[TOOL_RESULTS]", "[/TOOL_RESULTS]", "[TOOL_CALLS]",
        "[IMG]", "<pad>", "[IMG_BREAK]", "[IMG_END]", "[PREFIX]", "[MIDDLE]", "[SUFFIX]",
    ];

    private static readonly Dictionary<string, string> Roles = new()
    {
        [SpecialRoles.Unknown] = "<unk>",
        [SpecialRoles.Bos] = "<s>",
        [SpecialRoles.Eos] = "</s>",
        [SpecialRoles.Pad] = "<pad>",
    };

    public static TokenizerParts Read(JsonPart root)
    {
        var config = root["config"];
        var (size, specials) = (config["default_vocab_size"].Int, config["default_num_special_tokens"].Int);
        if (specials < 3 || specials > MostSpecials || size <= specials || size > ModelDefinition.IdLimit)
        {
            throw config.Error($"has a default_vocab_size of {size} with {specials} special tokens, which makes no vocabulary");
        }

        var vocabulary = ReadVocabulary(root["vocab"], size - specials, specials);
        var pattern = config["pattern"];
        return new()
        {
            File = FileName,
            Model = new BpeDefinition { Vocabulary = vocabulary, Merges = RankedMerges.Of(vocabulary, id => id), IgnoreMerges = true, Source = root.File },
            AddedTokens = ReadSpecials(root, specials),
            PreTokenizer = [new PatternSplitter(TokenizerPattern.Create(pattern.Text, pattern), SplitBehavior.Isolated, invert: false), new ByteLevelStep(addPrefixSpace: false, useRegex: false)],
            Decoder = TokenDecoder.ByteLevel(),
            PostProcessor = id => id(SpecialRoles.Bos) is { } bos ? PostProcessor.Leading(bos) : PostProcessor.None,
            Roles = Roles,
        };
    }

    private static Dictionary<string, int> ReadVocabulary(JsonPart list, int count, int first)
    {
        var vocabulary = new Dictionary<string, int>(count, StringComparer.Ordinal);
        foreach (var item in list.Items())
        {
            if (item["rank"].Int is var rank && (rank < 0 || rank >= count))
            {
                continue;
            }

            if (item["token_bytes"].Text is not { Length: > 0 } text || !Base64.IsValid(text) || !vocabulary.TryAdd(ByteLetters.Text(Convert.FromBase64String(text)), first + rank))
            {
                throw item.Error("has token_bytes that are not base64, or that another token has");
            }
        }

        return ByteLetters.All.ToArray().FirstOrDefault(letter => !vocabulary.ContainsKey(letter.ToString())) is not '\0' and var missing
            ? throw list.Error($"has no token for the byte 0x{ByteLetters.ToByte(missing):X2}; the file is cut off or of another kind")
            : vocabulary;
    }

    private static List<(AddedToken Token, Func<string, InvalidDataException> Error)> ReadSpecials(JsonPart root, int count)
    {
        var names = new string?[count];
        if (root.Optional("special_tokens") is { } listed)
        {
            foreach (var item in listed.Items())
            {
                var rank = item["rank"].Int;
                names[rank >= 0 && rank < count ? rank : throw item.Error($"has the rank {rank}; there are {count} special tokens")] = item["token_str"].Text;
            }
        }
        else
        {
            Array.Copy(Specials, names, Math.Min(count, Specials.Length));
        }

        return [.. names.Select((name, id) => (new AddedToken(id, name is { Length: > 0 } ? name : $"<SPECIAL_{id}>", Special: true), (Func<string, InvalidDataException>)root.Error))];
    }
}
