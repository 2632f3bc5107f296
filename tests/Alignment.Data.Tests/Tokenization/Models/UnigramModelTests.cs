using Alignment.Data.Tokenization.Models;
using Alignment.Data.Tokenization.PreTokenizers;

namespace Alignment.Data.Tests.Tokenization.Models;

public class UnigramModelTests
{
    private static readonly UnigramDefinition Letters = UnigramDefinition.Of(
        [("<unk>", 0), ("a", -1), ("b", -1), ("c", -1), ("ab", -1.5), ("bc", -1.4), ("abc", -3), ("</s>", 0), ("<0xC3>", -9), ("<0xA9>", -9)], 0, byteFallback: false, "test");

    // abc: a+bc -2.4, ab+c -2.5, abc -3, a+b+c -3. An unknown character costs -9 - 10; three of them in a row are one token.
    [Theory]
    [InlineData("abc", "1 5")]
    [InlineData("ab", "4")]
    [InlineData("cab", "3 4")]
    [InlineData("axyzb", "1 0 2")]
    [InlineData("😀", "0")]
    [InlineData("</s>", "0")]
    public void Encode_Piece_TakesTheMostLikelyCut(string piece, string ids) => Encode(Letters, piece).ShouldBe(ids);

    [Fact]
    public void Encode_EqualScores_KeepsTheFirstFound()
    {
        // ab+c and a+bc are both -2: the path over a is found first.
        var tied = UnigramDefinition.Of([("<unk>", 0), ("a", -1), ("c", -1), ("ab", -1), ("bc", -1)], 0, byteFallback: false, "test");

        Encode(tied, "abc").ShouldBe("1 4");
    }

    [Fact]
    public void Encode_ByteFallback_GivesBytesWhereTheVocabularyHasThemAll()
    {
        // é is C3 A9; è is C3 A8, which the vocabulary lacks; éè are one unknown stretch.
        var bytes = Letters with { ByteFallback = true };

        Encode(bytes, "aé").ShouldBe("1 8 9");
        Encode(bytes, "aè").ShouldBe("1 0");
        Encode(bytes, "éè").ShouldBe("0");
    }

    [Fact]
    public void Encode_UnknownWithoutUnknownToken_Fails() =>
        Should.Throw<InvalidDataException>(() => Encode(Letters with { UnknownId = null }, "ax")).Message.ShouldStartWith("test: has no unk_id");

    [Fact]
    public void Encode_AMegabyteInOnePiece_IsLinear()
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();

        Encode(Letters, string.Concat(Enumerable.Repeat("abcx", 250_000))).Split(' ').Length.ShouldBe(750_000);
        watch.Elapsed.TotalSeconds.ShouldBeLessThan(5);
    }

    private static string Encode(UnigramDefinition definition, string piece)
    {
        var ids = new List<int>();
        definition.Build(new HashSet<string> { "</s>" }).Encode(new PieceList(piece), ids);
        return string.Join(' ', ids);
    }
}
