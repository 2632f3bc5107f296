using System.Text.RegularExpressions;
using Alignment.Data.Tokenization.PreTokenizers;

namespace Alignment.Data.Tests.Tokenization.PreTokenizers;

public class PatternSplitterTests
{
    // The example of the tokenizers library's documentation: "the-final--countdown" cut at "-".
    [Theory]
    [InlineData("Removed", "the|final|countdown")]
    [InlineData("Isolated", "the|-|final|-|-|countdown")]
    [InlineData("MergedWithPrevious", "the-|final-|-|countdown")]
    [InlineData("MergedWithNext", "the|-final|-|-countdown")]
    [InlineData("Contiguous", "the|-|final|--|countdown")]
    public void Apply_EachBehavior_CutsAsDocumented(string behavior, string expected) =>
        Split("the-final--countdown", "-", Enum.Parse<SplitBehavior>(behavior)).ShouldBe(expected.Split('|'));

    [Fact]
    public void Apply_Inverted_TakesTheTextBetweenForMatches() =>
        Split("ab-cd", "[a-z]+", SplitBehavior.Removed, invert: true).ShouldBe(["ab", "cd"]);

    [Fact]
    public void Apply_SupplementaryCharacters_CountAsWhatTheyAre()
    {
        // 𐌰 and 𠀀 are letters, 𝟙 is a digit, 😀 is a symbol: GPT-2's pattern groups them so.
        Split("a𐌰𠀀b😀😀 𝟙2𝟙", ByteLevelStep.Gpt2Pattern, SplitBehavior.Isolated).ShouldBe(["a𐌰𠀀b", "😀😀", " 𝟙2𝟙"]);
        Split("𝟙𝟙𝟙𝟙", @"\p{N}{1,3}", SplitBehavior.Isolated).ShouldBe(["𝟙𝟙𝟙", "𝟙"]);
    }

    [Fact]
    public void Apply_SupplementaryCharacters_AreInNoRangeOfBasicOnes() =>
        Split(" 😀𐌰", "[一-龥\u0800-一가-\uD7FF]+|[！-／：-～]", SplitBehavior.Isolated).ShouldBe([" 😀𐌰"]);

    private static string[] Split(string text, string pattern, SplitBehavior behavior, bool invert = false)
    {
        var pieces = new PatternSplitter(new Regex(pattern), behavior, invert).Apply(new PieceList(text));
        return [.. pieces.Ranges.Select(r => pieces[r].ToString())];
    }
}
