using Alignment.Data.Audit;

namespace Alignment.Data.Tests.Audit;

public sealed class TextDamageTests
{
    [Theory]
    [InlineData("plain text, naïve café, Ærø, Â is a letter, là-bas", null)]
    [InlineData("cafÃ©", "UTF-8 read as Latin-1")]
    [InlineData("itâ€™s", "UTF-8 read as Latin-1")]
    [InlineData("10Â£", "UTF-8 read as Latin-1")]
    [InlineData("a\uFFFDb", "replacement character")]
    [InlineData("tab\tand\nline\r\n", null)]
    [InlineData("bell\u0007", "control character")]
    [InlineData("a\uFEFFb", "byte order mark inside of the text")]
    public void Find_Text_NamesTheDamage(string text, string? problem) => TextDamage.Find(text).ShouldBe(problem);

    [Theory]
    [InlineData("Hello", "Latin")]
    [InlineData("Привет, world", "Cyrillic")]
    [InlineData("你好", "Han")]
    [InlineData("123 ...", "no letters")]
    public void Script_Text_OfMostLetters(string text, string script) => TextDamage.Script(text).ShouldBe(script);
}
