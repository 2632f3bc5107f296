using Alignment.Data.Tokenization.Models;
using Alignment.Data.Tokenization.PreTokenizers;

namespace Alignment.Data.Tests.Tokenization.Models;

public class WordPieceModelTests
{
    private static readonly WordPieceDefinition Definition = new()
    {
        Vocabulary = new Dictionary<string, int> { ["[UNK]"] = 0, ["un"] = 1, ["##aff"] = 2, ["##able"] = 3, ["##a"] = 4, ["##b"] = 5, ["[SEP]"] = 6, ["b"] = 7 },
        Source = "test",
        MaxInputCharsPerWord = 10,
    };

    // The word of the paper's repository: un ##aff ##able; greedy takes ##aff before ##a; a word with a rest that fits nothing is unknown as a whole.
    [Theory]
    [InlineData("unaffable", "1 2 3")]
    [InlineData("unab", "1 4 5")]
    [InlineData("bb", "7 5")]
    [InlineData("unc", "0")]
    [InlineData("unaffablebb", "0")]
    [InlineData("[SEP]", "0")]
    public void Encode_Word_TakesTheLongestFromTheLeft(string word, string ids) => Encode(Definition, word).ShouldBe(ids);

    [Fact]
    public void Encode_LongWord_CountsCharactersNotUnits()
    {
        var definition = Definition with { Vocabulary = new Dictionary<string, int> { ["[UNK]"] = 0, ["😀"] = 1, ["##😀"] = 2 } };

        Encode(definition, string.Concat(Enumerable.Repeat("😀", 10))).ShouldBe("1 2 2 2 2 2 2 2 2 2");
        Encode(definition, string.Concat(Enumerable.Repeat("😀", 11))).ShouldBe("0");
    }

    [Fact]
    public void Encode_AMegabyteInOneWord_IsLinear()
    {
        var definition = Definition with { MaxInputCharsPerWord = int.MaxValue };
        var watch = System.Diagnostics.Stopwatch.StartNew();

        Encode(definition, new string('b', 1_000_000)).Length.ShouldBe(2 * 1_000_000 - 1);
        watch.Elapsed.TotalSeconds.ShouldBeLessThan(5);
    }

    [Fact]
    public void Build_NoUnknownToken_NamesIt() =>
        Should.Throw<InvalidDataException>(() => (Definition with { UnknownToken = "?" }).Build(new HashSet<string>())).Message.ShouldBe("test: the unk_token '?' is not in the vocabulary.");

    private static string Encode(WordPieceDefinition definition, string word)
    {
        var ids = new List<int>();
        definition.Build(new HashSet<string> { "[SEP]" }).Encode(new PieceList(word), ids);
        return string.Join(' ', ids);
    }
}
