using Alignment.Data.Tokenization.Models;
using Alignment.Data.Tokenization.PreTokenizers;

namespace Alignment.Data.Tests.Tokenization.Models;

public class BytePairModelTests
{
    private static readonly Dictionary<string, int> Vocabulary = new()
    {
        ["<unk>"] = 0,
        ["a"] = 1,
        ["b"] = 2,
        ["ab"] = 3,
        ["aba"] = 4,
        ["<0xC3>"] = 5,
        ["<0xA9>"] = 6,
        ["a b"] = 7,
        [" "] = 8,
        ["a "] = 9,
    };

    private static readonly BpeDefinition Plain = new() { Vocabulary = Vocabulary, Merges = [new(1, 2, 0, 3), new(3, 1, 1, 4)], Source = "test", UnknownToken = "<unk>" };

    [Theory]
    [InlineData("abab", false, "3 3")]
    [InlineData("aba", false, "4")]
    [InlineData("axxb", false, "1 0 0 2")]
    [InlineData("axxb", true, "1 0 2")]
    [InlineData("éa", false, "0 1")]
    public void Encode_Plain_IsThatOfThePackage(string text, bool fuse, string ids)
    {
        var definition = Plain with { FuseUnknown = fuse };

        Encode(new BytePairModel(definition, new HashSet<string>()), text).ShouldBe(ids);
        Encode(new PackageBpeModel(definition), text).ShouldBe(ids);
    }

    [Fact]
    public void Encode_RandomTexts_IsThatOfThePackage()
    {
        var own = new BytePairModel(Plain, new HashSet<string>());
        var package = new PackageBpeModel(Plain);
        var random = new Random(3);
        for (var i = 0; i < 300; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 120)).Select(_ => "ab\u00e9😀"[random.Next(3)]));
            Encode(own, text).ShouldBe(Encode(package, text), text);
        }
    }

    [Fact]
    public void Encode_ByteFallback_KeepsTheLibrarysOrder()
    {
        var model = new BytePairModel(Plain with { ByteFallback = true }, new HashSet<string>());

        Encode(model, "aéb").ShouldBe("1 5 6 2");

        // è (C3 A8) is unknown; the bytes of é, which follow it, come before it: so does the tokenizers library.
        Encode(model, "èéa").ShouldBe("5 6 0 1");
    }

    [Fact]
    public void Encode_MergesWithBlanks_Merge()
    {
        var definition = Plain with { Merges = [new(1, 8, 0, 9), new(9, 2, 1, 7)] };

        Encode(definition.Build(new HashSet<string>()), "a ba b").ShouldBe("7 7");
    }

    [Fact]
    public void Encode_EqualRanks_TakesTheLeftmost()
    {
        // aba: (a, ba) and (ab, a) have one rank; after "ab" merged at the left, "ba" cannot.
        var vocabulary = new Dictionary<string, int> { ["a"] = 0, ["b"] = 1, ["ab"] = 2, ["ba"] = 3 };
        var definition = new BpeDefinition { Vocabulary = vocabulary, Merges = RankedMerges.Of(vocabulary, _ => 0), Source = "test" };

        Encode(definition.Build(new HashSet<string>()), "aba").ShouldBe("2 0");
        Encode(definition.Build(new HashSet<string>()), "baba").ShouldBe("3 3");
    }

    [Fact]
    public void Encode_PrefixAndSuffix_MarkThePlaceInTheWord()
    {
        var vocabulary = new Dictionary<string, int> { ["l"] = 0, ["~o"] = 1, ["~w</w>"] = 2, ["~ow</w>"] = 3, ["low</w>"] = 4, ["l</w>"] = 5 };
        var definition = new BpeDefinition { Vocabulary = vocabulary, Merges = [new(1, 2, 0, 3), new(0, 3, 1, 4)], Source = "test", ContinuingSubwordPrefix = "~", EndOfWordSuffix = "</w>" };

        foreach (var model in (ITokenModel[])[new BytePairModel(definition, new HashSet<string>()), new PackageBpeModel(definition)])
        {
            Encode(model, "low").ShouldBe("4");
            Encode(model, "l").ShouldBe("5");
        }
    }

    [Fact]
    public void Encode_ALongPiece_IsNotQuadratic()
    {
        var text = string.Concat(Enumerable.Repeat("ab", 150_000));
        var watch = System.Diagnostics.Stopwatch.StartNew();

        Encode(new BytePairModel(Plain, new HashSet<string>()), text).Split(' ').Length.ShouldBe(150_000);
        watch.Elapsed.TotalSeconds.ShouldBeLessThan(8);
    }

    private static string Encode(ITokenModel model, string text)
    {
        var ids = new List<int>();
        model.Encode(new PieceList(text), ids);
        return string.Join(' ', ids);
    }
}
