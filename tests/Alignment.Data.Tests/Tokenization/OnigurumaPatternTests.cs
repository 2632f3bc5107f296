using System.Text.RegularExpressions;
using Alignment.Data.Tokenization;
using Alignment.Data.Tokenization.PreTokenizers;

namespace Alignment.Data.Tests.Tokenization;

public class OnigurumaPatternTests
{
    [Theory]
    [InlineData(@"[^\r\n\p{L}\p{N}]?+\p{L}+", @"(?>[^\r\n\p{L}\p{N}]?)\p{L}+")]
    [InlineData(@"(?:ab)++c*+", @"(?>(?:ab)+)(?>c*)")]
    [InlineData(@"\p{N}{1,3}+", @"(?:\p{N}{1,3})+")]
    [InlineData(@"a+?b{2}?", @"a+?b{2}?")]
    [InlineData(@"(?i:'s|'t)| ?\S+", @"(?i:'s|'t)| ?\S+")]
    [InlineData(@"\h+[\h_]", @"[0-9A-Fa-f]+[0-9A-Fa-f_]")]
    [InlineData(@"\p{^L}\P{N}", @"\P{L}\P{N}")]
    [InlineData(@" ?[^(\s|[.,!?…。，、।۔،])]+", @" ?[^(\s|.,!?…。，、।۔،)]+")]
    [InlineData(@"[[:digit:]x]\x{41}", @"[\p{Nd}x]\u0041")]
    public void Parse_Dialect_IsPutIntoDotNets(string pattern, string expected) => OnigurumaPattern.Parse(pattern).Text.ShouldBe(expected);

    [Theory]
    [InlineData("[a-z&&[aeiou]]", "intersection")]
    [InlineData("[a[^b]]", "negated")]
    [InlineData(@"[\W]", "negated set")]
    [InlineData(@"[a", "without end")]
    [InlineData(@"a\", "backslash")]
    public void Parse_WhatDotNetCannotSay_Fails(string pattern, string named) => Should.Throw<ArgumentException>(() => OnigurumaPattern.Parse(pattern)).Message.ShouldContain(named);

    [Theory]
    [InlineData("[A-Za-z𐐀-𐑏]+", "ab𐐀cd😀", "ab𐐀cd|😀")]
    [InlineData("😀", "a😀😁😀", "a|😀|😁|😀")]
    [InlineData(@"\p{Han}+", "a漢字𠀀b", "a|漢字𠀀|b")]
    [InlineData("[一-龥]+", "漢𠀀字", "漢|𠀀|字")]
    public void Apply_SupplementaryCharacters_MatchByCodePoint(string pattern, string text, string expected)
    {
        var parsed = OnigurumaPattern.Parse(pattern);
        var pieces = new PatternSplitter(new TextPattern(new Regex(parsed.Text), parsed.Stands), SplitBehavior.Isolated, invert: false).Apply(new PieceList(text));

        string.Join('|', pieces.Ranges.Select(r => pieces[r].ToString())).ShouldBe(expected);
    }
}
