using Alignment.Data.Tokenization;

namespace Alignment.Data.Tests.Tokenization;

public class CanonicalCompositionTests
{
    // The first cases of UAX #15 and of NormalizationTest.txt's kind: composition, order of marks, exclusions, blocking, Hangul.
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("e\u0301", "\u00E9")]
    [InlineData("\u212B", "\u00C5")]
    [InlineData("s\u0307\u0323", "\u1E69")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307")]
    [InlineData("\u0344", "\u0308\u0301")]
    [InlineData("\u0958", "\u0915\u093C")]
    [InlineData("a\u0315\u0300\u05AE\u0300b", "\u00E0\u05AE\u0300\u0315b")]
    [InlineData("\u1100\u1161\u11A8", "\uAC01")]
    [InlineData("\uAC00\u11A8", "\uAC01")]
    [InlineData("\u0B47\u0300\u0B3E", "\u0B47\u0300\u0B3E")]
    [InlineData("\U00011099\U000110BA", "\U0001109A")]
    [InlineData("\uFB01", "\uFB01")]
    public void Compose_KnownSequences_GivesFormC(string text, string expected) => CanonicalComposition.Compose(text).ShouldBe(expected);

    [Fact]
    public void Compose_Twice_ChangesNothing()
    {
        foreach (var text in TestTexts.Random(seed: 6, count: 500, length: 30))
        {
            var once = CanonicalComposition.Compose(text);
            CanonicalComposition.Compose(once).ShouldBe(once);
        }
    }
}
