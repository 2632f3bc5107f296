using System.Text.RegularExpressions;

namespace Microsoft.ML.Tokenizers.Tests;

public class RegexPreTokenizerTests
{
    [Fact]
    public void PreTokenize_Gpt2Pattern_CutsWordsWithTheirBlank()
    {
        var gpt2 = new RegexPreTokenizer(new Regex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"), null);

        Pieces(gpt2, "I'm 12  years").ShouldBe(["I", "'m", " 12", " ", " years"]);
    }

    [Fact]
    public void PreTokenize_SpecialTokens_AreCutFirst()
    {
        var words = new RegexPreTokenizer(new Regex(@"\w+|[<>|]"), new Dictionary<string, int> { ["<|end|>"] = 0 });

        Pieces(words, "a b<|end|>c<|d").ShouldBe(["a", "b", "<|end|>", "c", "<", "|", "d"]);
    }

    [Fact]
    public void CreateWordOrNonWord_AnyText_LosesBlanksOnly()
    {
        Pieces(PreTokenizer.CreateWordOrNonWord(), "ab, c!!").ShouldBe(["ab", ",", "c", "!!"]);
        PreTokenizer.CreateWordOrNonWord().PreTokenize("").ShouldBeEmpty();
    }

    private static string[] Pieces(PreTokenizer cut, string text)
    {
        var pieces = cut.PreTokenize(text).Select(p => text.Substring(p.Offset, p.Length)).ToArray();
        cut.PreTokenize(text.AsSpan()).Select(p => text.Substring(p.Offset, p.Length)).ShouldBe(pieces);
        return pieces;
    }
}
