using Alignment.Data.Tokenization.PreTokenizers;

namespace Alignment.Data.Tests.Tokenization.PreTokenizers;

public class SeparatorPreTokenizerTests
{
    [Theory]
    [InlineData("ab|c", "ab,c")]
    [InlineData("|a||b|", "a,b")]
    [InlineData("🔀", "🔀")] // U+1F500 is D83D DD00: its second half is the separator
    [InlineData("a🔀|🔀b|", "a🔀,🔀b")]
    public void PreTokenize_CutsAtSeparatorsAndNotInCharacters(string text, string expected)
    {
        text = text.Replace('|', SeparatorPreTokenizer.Separator);

        var pieces = new SeparatorPreTokenizer().PreTokenize(text).Select(p => text.Substring(p.Offset, p.Length));

        pieces.ShouldBe(expected.Split(','));
    }
}
