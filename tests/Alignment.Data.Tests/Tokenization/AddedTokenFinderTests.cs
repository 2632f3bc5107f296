using Alignment.Data.Tokenization;

namespace Alignment.Data.Tests.Tokenization;

public class AddedTokenFinderTests
{
    [Fact]
    public void Scan_TokensThatStartTogether_TakesTheLongest() =>
        Scan("x   y  z", Token("  "), Token("   ")).ShouldBe(["x", "[   ]", "y", "[  ]", "z"]);

    [Fact]
    public void Scan_OverlappingTokens_TakesTheLeftmost() =>
        Scan("abcd", Token("bc"), Token("cd"), Token("abx")).ShouldBe(["a", "[bc]", "d"]);

    [Fact]
    public void Scan_StripFlags_TakeBlanksAlong()
    {
        Scan("a <m> b", Token("<m>") with { StripLeft = true }).ShouldBe(["a", "[<m>]", " b"]);
        Scan("a <m> b", Token("<m>") with { StripRight = true }).ShouldBe(["a ", "[<m>]", "b"]);
        Scan("<m> <m>", Token("<m>") with { StripLeft = true, StripRight = true }).ShouldBe(["[<m>]", "[<m>]"]);
    }

    [Fact]
    public void Scan_SingleWord_LeavesPartsOfWordsAlone() =>
        Scan("no now no.", Token("no") with { SingleWord = true }).ShouldBe(["[no]", " now ", "[no]", "."]);

    private static AddedToken Token(string content) => new(0, content, Special: true);

    private static List<string> Scan(string text, params AddedToken[] tokens)
    {
        var found = new List<string>();
        new AddedTokenFinder([.. tokens.Select(t => (t.Content, t))]).Scan(text, (start, end) => found.Add(text[start..end]), t => found.Add($"[{t.Content}]"));
        return found;
    }
}
