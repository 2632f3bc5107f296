using Alignment.Data.Instructions;

namespace Alignment.Data.Tests.Instructions;

public sealed class PromptTemplateTests
{
    [Fact]
    public void Render_PlacesAndBraces_AreFilled()
    {
        var template = new PromptTemplate("{{set}} {a} lives in {b.0}.");

        template.Places.ShouldBe(["a", "b.0"]);
        template.Render(name => name == "a" ? "Ada {b.0}" : "Brook", out var missing).ShouldBe("{set} Ada {b.0} lives in Brook.");
        missing.ShouldBeNull();
    }

    [Fact]
    public void Render_MissingValue_IsNamed()
    {
        new PromptTemplate("{a} {b}").Render(name => name == "a" ? "x" : null, out var missing).ShouldBeNull();
        missing.ShouldBe("b");
    }

    [Theory]
    [InlineData("no end {a", "has a '{' without a '}' behind it")]
    [InlineData("no begin a}", "has a '}' without a '{' before it")]
    [InlineData("{a {b}", "has a '{' without a '}' behind it")]
    [InlineData("{ a }", "has '{ a }'; a column's name")]
    [InlineData("{}", "has '{}'; a column's name")]
    public void New_BadBraces_SaysWhatIsWrong(string text, string problem) =>
        Should.Throw<FormatException>(() => new PromptTemplate(text)).Message.ShouldStartWith(problem);
}
