using System.Diagnostics;
using System.Text.RegularExpressions;
using Alignment.Labeling.Server.Rendering;

namespace Alignment.Labeling.Tests.Server;

public sealed partial class SafeMarkdownTests
{
    private static readonly string[] Elements =
        ["a", "blockquote", "br", "code", "del", "div", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "span", "strong", "table", "td", "th", "tr", "ul"];

    public static TheoryData<int> Hostile => [.. Enumerable.Range(0, XssCorpus.Texts.Count)];

    [Fact]
    public void TheCorpus_IsLargeEnough() => XssCorpus.Texts.Distinct().Count().ShouldBeGreaterThanOrEqualTo(60);

    [Theory]
    [MemberData(nameof(Hostile))]
    public void HostileText_ComesOutAsListedElementsOnly(int number)
    {
        var html = SafeMarkdown.ToHtml(XssCorpus.Texts[number]);
        var rest = Tag().Replace(html, match =>
        {
            Elements.ShouldContain(match.Groups["name"].Value, html);
            foreach (Match attribute in Attribute().Matches(match.Groups["attributes"].Value))
            {
                var (name, value) = (attribute.Groups["name"].Value, attribute.Groups["value"].Value);
                var isListed = (name, value) is ("class", "plain" or "math" or "language" or "image" or "target" or "table" or "hidden-character") or ("rel", "noopener noreferrer nofollow") or ("target", "_blank") or ("scope", "col")
                    || (name == "href" && HttpLink().IsMatch(value)) || (name == "start" && int.TryParse(value, out _));
                isListed.ShouldBeTrue($"{name}={value} in {html}");
            }

            Attribute().Replace(match.Groups["attributes"].Value, "").Trim().ShouldBeEmpty(html);
            return "";
        });
        rest.ShouldNotContain('<');
        rest.ShouldNotContain('>');
        rest.Replace("&amp;", "", StringComparison.Ordinal).Where(c => c == '"' || c == '\'').ShouldBeEmpty();
    }

    [Theory]
    [InlineData("plain", "<p>plain</p>")]
    [InlineData("**a** *b* ~~c~~ `d`", "<p><strong>a</strong> <em>b</em> <del>c</del> <code>d</code></p>")]
    [InlineData("# one\n\n###### six", "<h3>one</h3><h6>six</h6>")]
    [InlineData("- a\n- b", "<ul><li><p>a</p></li><li><p>b</p></li></ul>")]
    [InlineData("3. a\n4. b", "<ol start=\"3\"><li><p>a</p></li><li><p>b</p></li></ol>")]
    [InlineData("> q", "<blockquote><p>q</p></blockquote>")]
    [InlineData("```py\nx < 1\n```", "<p class=\"language\">py</p><pre><code>x &lt; 1</code></pre>")]
    [InlineData("a\nb", "<p>a<br>b</p>")]
    [InlineData("---", "<hr>")]
    [InlineData("| a |\n| --- |\n| b |", "<div class=\"table\"><table><tr><th scope=\"col\"><p>a</p></th></tr><tr><td><p>b</p></td></tr></table></div>")]
    [InlineData("$a_1 * b_2$", "<p><span class=\"math\">$a_1 * b_2$</span></p>")]
    [InlineData("$$\nx_1\n$$", "<pre class=\"math\">x_1</pre>")]
    [InlineData("\\(x\\) and \\[y\\]", "<p>\\(x\\) and \\[y\\]</p>")]
    [InlineData("[docs](https://example.org/a?b=1&c=2)", "<p><a href=\"https://example.org/a?b=1&amp;c=2\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">docs</a><span class=\"target\"> (example.org)</span></p>")]
    [InlineData("[docs](javascript:x)", "<p>docs<span class=\"target\"> (javascript:x)</span></p>")]
    [InlineData("[bank](https://bank.example@evil.example/)", "<p><a href=\"https://bank.example@evil.example/\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">bank</a><span class=\"target\"> (evil.example)</span></p>")]
    [InlineData("![alt](https://evil.example/x.png)", "<p><span class=\"image\">[image: alt · https://evil.example/x.png]</span></p>")]
    [InlineData("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>")]
    [InlineData("a\u202Eb", "<p>a<span class=\"hidden-character\">U+202E</span>b</p>")]
    [InlineData("- [x] done", "<ul><li><p>☑ done</p></li></ul>")]
    [InlineData("&lt;b&gt; &copy;", "<p>&lt;b&gt; ©</p>")]
    public void Markdown_BecomesPlainHtml(string text, string html) => SafeMarkdown.ToHtml(text).ShouldBe(html);

    [Theory]
    [InlineData("[", 50_000)]
    [InlineData("*a ", 30_000)]
    [InlineData("**a*", 20_000)]
    [InlineData(">", 50_000)]
    [InlineData("- ", 40_000)]
    [InlineData("`a``", 20_000)]
    [InlineData("![](", 20_000)]
    [InlineData("<a ", 30_000)]
    [InlineData("| a ", 20_000)]
    [InlineData("$a ", 30_000)]
    [InlineData("[a]: b\n", 12_000)]
    [InlineData("1) a\n  ", 12_000)]
    [InlineData("| a | b |\n| --- | --- |\n", 4_000)]
    [InlineData("~~a", 30_000)]
    [InlineData("&", 90_000)]
    [InlineData("\\", 90_000)]
    public void NastyText_IsRenderedSoon(string piece, int count)
    {
        // Whole, and cut to the size that is still read as Markdown.
        var text = string.Concat(Enumerable.Repeat(piece, count));
        var marks = piece.Count(c => !char.IsLetter(c) && c is not (' ' or '\n'));
        foreach (var one in (string[])[text, text[..(Math.Min(count, SafeMarkdown.MostMarks / Math.Max(1, marks)) * piece.Length)]])
        {
            // The quickest of three: on a busy machine the clock also counts what others do.
            Enumerable.Range(0, 3).Select(_ => Seconds(one)).FirstOrDefault(seconds => seconds < 1, double.PositiveInfinity).ShouldBeLessThan(1);
        }
    }

    private static double Seconds(string text)
    {
        var begun = Stopwatch.GetTimestamp();
        SafeMarkdown.ToHtml(text).ShouldNotBeEmpty();
        return Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    [Fact]
    public void VeryLongText_IsShownAsText() => SafeMarkdown.ToHtml(new string('x', SafeMarkdown.LongestText + 1)).ShouldStartWith("<pre class=\"plain\">xxx");

    [GeneratedRegex("</?(?<name>[a-z0-9]+)(?<attributes>[^<>]*)>")]
    private static partial Regex Tag();

    [GeneratedRegex("(?<name>[a-z]+)=\"(?<value>[^\"]*)\"")]
    private static partial Regex Attribute();

    [GeneratedRegex("^https?://[^\\s\"'<>]+$")]
    private static partial Regex HttpLink();
}
