using System.Text.RegularExpressions;

namespace Microsoft.ML.Tokenizers.Tests;

public class BpeTokenizerTests
{
    private static readonly string[] Letters = ["a", "b", "c", "d", "ab", "bc", "abc", "cd", "abcd", "aa", "aaaa"];
    private static readonly PreTokenizer Whole = new RegexPreTokenizer(new Regex("(?s).+"), null);

    [Fact]
    public void EncodeToIds_TwoMergesApply_TakesTheBetterRank()
    {
        // b+c ranks before a+b, so "abc" becomes a bc; no merge joins those.
        Ids(["b c", "a b"], "abc").ShouldBe([Id("a"), Id("bc")]);
        Ids(["a b", "b c"], "abc").ShouldBe([Id("ab"), Id("c")]);
        Ids(["b c", "a bc"], "abcabc").ShouldBe([Id("abc"), Id("abc")]);
    }

    [Fact]
    public void EncodeToIds_EqualRanks_MergesFromTheLeft()
    {
        Ids(["a a"], "aaa").ShouldBe([Id("aa"), Id("a")]);
        Ids(["a a", "aa aa"], "aaaaa").ShouldBe([Id("aaaa"), Id("a")]);
    }

    [Fact]
    public void EncodeToIds_WordsOfAnyLength_EqualsMergingOneByOne()
    {
        string[] merges = ["a b", "c d", "ab cd", "a a", "aa aa", "b c"];
        var random = new Random(7);
        for (var i = 0; i < 300; i++)
        {
            var word = string.Concat(Enumerable.Range(0, 1 + random.Next(200)).Select(_ => "abcd"[random.Next(4)]));
            Ids(merges, word).ShouldBe(MergeOneByOne(merges, word).Select(Id), word);
        }
    }

    [Fact]
    public void EncodeToIds_UnknownCharacters_AreLostOrReplacedOrFused()
    {
        Dictionary<string, int> vocabulary = new() { ["a"] = 0, ["?"] = 1 };

        BpeTokenizer.Create(new(vocabulary) { PreTokenizer = Whole }).EncodeToIds("axya").ShouldBe([0, 0]);
        BpeTokenizer.Create(new(vocabulary) { PreTokenizer = Whole, UnknownToken = "?" }).EncodeToIds("axya").ShouldBe([0, 1, 1, 0]);
        BpeTokenizer.Create(new(vocabulary) { PreTokenizer = Whole, UnknownToken = "?", FuseUnknownTokens = true }).EncodeToIds("axyax").ShouldBe([0, 1, 0, 1]);
    }

    [Fact]
    public void EncodeToIds_SurrogatePair_IsOneCharacter()
    {
        BpeTokenizer.Create(new([new("😀", 5), new("?", 6)]) { PreTokenizer = Whole, UnknownToken = "?" }).EncodeToIds("😀😁").ShouldBe([5, 6]);
    }

    [Fact]
    public void EncodeToIds_PrefixAndSuffix_MarkTheInsideAndTheEnd()
    {
        var tokenizer = BpeTokenizer.Create(new([new("a", 0), new("-b", 1), new("-b!", 2), new("a!", 3), new("a-b!", 4), new("ab!", 5)])
        {
            PreTokenizer = Whole,
            ContinuingSubwordPrefix = "-",
            EndOfWordSuffix = "!",
            Merges = ["a -b!"],
        });

        tokenizer.EncodeToIds("abb").ShouldBe([0, 1, 2]);
        tokenizer.EncodeToIds("a").ShouldBe([3]);
        tokenizer.EncodeToIds("ab").ShouldBe([5]);
    }

    [Fact]
    public void EncodeToIds_SpecialTokens_AreFoundWhereThePreTokenizerCutsThem()
    {
        Dictionary<string, int> special = new() { ["<ab>"] = 100 };
        BpeOptions Options(PreTokenizer cut) => new(Vocabulary()) { Merges = ["a b"], SpecialTokens = special, PreTokenizer = cut };

        BpeTokenizer.Create(Options(new RegexPreTokenizer(new Regex("[^<>]+|[<>]"), special))).EncodeToIds("ab<ab>c").ShouldBe([Id("ab"), 100, Id("c")]);
        BpeTokenizer.Create(Options(new RegexPreTokenizer(new Regex("[^<>]+|[<>]"), null))).EncodeToIds("ab<ab>c").ShouldBe([Id("ab"), Id("ab"), Id("c")]);
    }

    [Fact]
    public void EncodeToIds_SentenceTokens_StandAroundTheText()
    {
        var tokenizer = BpeTokenizer.Create(new(Vocabulary()) { PreTokenizer = Whole, BeginningOfSentenceToken = "c", EndOfSentenceToken = "d" });

        tokenizer.EncodeToIds("ab").ShouldBe([Id("c"), Id("a"), Id("b"), Id("d")]);
        tokenizer.CountTokens("ab").ShouldBe(4);
        tokenizer.EncodeToIds("").ShouldBeEmpty();
    }

    [Fact]
    public void EncodeToIds_NoPreTokenizer_LosesBlanks()
    {
        var tokenizer = BpeTokenizer.Create(new([new("a", 0), new(" ", 1), new("!", 2)]));

        tokenizer.EncodeToIds("a a!").ShouldBe([0, 0, 2]);
        tokenizer.EncodeToIds("a a!", considerPreTokenization: false).ShouldBe([0, 1, 0, 2]);
    }

    [Fact]
    public void EncodeToTokens_Normalizer_ChangesTheTextThatOffsetsSpeakOf()
    {
        var tokenizer = BpeTokenizer.Create(new(Vocabulary()) { Merges = ["a b"], PreTokenizer = Whole, Normalizer = new Doubling() });

        tokenizer.EncodeToTokens("ab", out var normalized).ShouldBe([new(Id("ab"), "ab", 0..2), new(Id("ab"), "ab", 2..4)]);
        normalized.ShouldBe("abab");
        tokenizer.EncodeToIds("ab", considerNormalization: false).ShouldBe([Id("ab")]);
    }

    [Fact]
    public void EncodeToTokens_ByteLevel_GivesTheCharactersOfEachByte()
    {
        // é is the bytes C3 A9, in byte letters Ã and ©; a blank is Ġ.
        var tokenizer = BpeTokenizer.Create(new([new("Ã", 0), new("©", 1), new("Ġ", 2), new("a", 3), new("Ġa", 4)])
        {
            ByteLevel = true,
            PreTokenizer = Whole,
            Merges = ["Ġ a"],
        });

        tokenizer.EncodeToTokens("é a", out _).ShouldBe([new(0, "Ã", 0..1), new(1, "©", 0..1), new(4, "Ġa", 1..3)]);
        tokenizer.EncodeToIds("é a").ShouldBe([0, 1, 4]);
        tokenizer.Decode([0, 1, 4]).ShouldBe("é a");
    }

    [Fact]
    public void Decode_SpecialTokens_OnlyIfAskedFor()
    {
        var tokenizer = BpeTokenizer.Create(new(Vocabulary()) { PreTokenizer = Whole, SpecialTokens = new Dictionary<string, int> { ["<s>"] = 100 } });

        tokenizer.Decode([100, Id("ab"), Id("c")]).ShouldBe("<s>abc");
        tokenizer.Decode([100, Id("ab"), Id("c")], considerSpecialTokens: false).ShouldBe("abc");
    }

    [Fact]
    public void EncodeToIds_FromManyThreads_GivesTheSameIds()
    {
        var tokenizer = BpeTokenizer.Create(new(Vocabulary()) { Merges = ["a b", "c d"], PreTokenizer = new RegexPreTokenizer(new Regex("[abcd]{1,9}"), null) });
        var text = string.Concat(Enumerable.Range(0, 5000).Select(i => "abcd"[i * i % 7 % 4]));
        var expected = tokenizer.EncodeToIds(text);

        Parallel.For(0, 32, _ => tokenizer.EncodeToIds(text).ShouldBe(expected));
    }

    [Fact]
    public void Create_BadParts_Fails()
    {
        Should.Throw<InvalidOperationException>(() => BpeTokenizer.Create(new([])));
        Should.Throw<InvalidOperationException>(() => Create(["a x"])).Message.ShouldContain("'x'");
        Should.Throw<InvalidOperationException>(() => Create(["d d"])).Message.ShouldContain("'dd'");
        Should.Throw<InvalidOperationException>(() => Create(["ab"]));
        Should.Throw<InvalidOperationException>(() => BpeTokenizer.Create(new(Vocabulary()) { UnknownToken = "?" }));
    }

    private static Dictionary<string, int> Vocabulary() => Letters.Select((l, i) => (l, i)).ToDictionary(p => p.l, p => p.i + 10);

    private static int Id(string token) => Array.IndexOf(Letters, token) + 10;

    private static BpeTokenizer Create(string[] merges) => BpeTokenizer.Create(new(Vocabulary()) { Merges = merges, PreTokenizer = Whole });

    private static IReadOnlyList<int> Ids(string[] merges, string text) => Create(merges).EncodeToIds(text);

    private static List<string> MergeOneByOne(string[] merges, string word)
    {
        var parts = word.Select(c => c.ToString()).ToList();
        while (true)
        {
            var best = parts.Zip(parts.Skip(1)).Select((p, i) => (Rank: Array.IndexOf(merges, $"{p.First} {p.Second}"), At: i)).Where(p => p.Rank >= 0).Order().Cast<(int Rank, int At)?>().FirstOrDefault();
            if (best is not { } merge)
            {
                return parts;
            }

            parts[merge.At] += parts[merge.At + 1];
            parts.RemoveAt(merge.At + 1);
        }
    }

    private sealed class Doubling : Normalizer
    {
        public override string Normalize(string original) => original + original;

        public override string Normalize(ReadOnlySpan<char> original) => Normalize(original.ToString());
    }
}
