using Alignment.Data.Tokenization.Models;

namespace Alignment.Data.Tests.Tokenization.Models;

public class TokenTrieTests
{
    private static readonly TokenTrie Trie = new(new Dictionary<string, int> { ["a"] = 0, ["ab"] = 1, ["abcd"] = 2, ["b"] = 3, ["é😀"] = 4 });

    [Theory]
    [InlineData("abc", 1, 2)]
    [InlineData("abcde", 2, 4)]
    [InlineData("b", 3, 1)]
    [InlineData("é😀!", 4, 3)]
    [InlineData("é", -1, 0)]
    [InlineData("x", -1, 0)]
    [InlineData("", -1, 0)]
    public void Longest_Text_GivesTheLongestToken(string text, int value, int length) => Trie.Longest(text).ShouldBe((value, length));

    [Fact]
    public void Longest_FromANode_GoesOnFromThere() => Trie.Longest("bcd", Trie.Next(TokenTrie.Root, 'a')).ShouldBe((2, 3));
}
