using Alignment.Data.Instructions;

namespace Alignment.Data.Tests.Instructions;

public sealed class TaskTemplateTests
{
    [Fact]
    public void New_WithSeparator_PartsPromptAndCompletion()
    {
        var template = new TaskTemplate("Where is {who}? {options} ||| In {answer}, {why}.", 2, "x");

        template.Prompt.Render(name => $"<{name}>", out _).ShouldBe("Where is <who>? <options>");
        template.Completion.Render(name => $"<{name}>", out _).ShouldBe("In <answer>, <why>.");
        template.Columns.ShouldBe(["who", "why"]);
        template.CompletesWithAnswer.ShouldBeTrue();
    }

    [Fact]
    public void New_WithoutSeparator_CompletesWithTheAnswer() =>
        new TaskTemplate("Where is {who}?", 0, "x").Completion.Render(_ => "Brook", out _).ShouldBe("Brook");

    [Theory]
    [InlineData("a ||| b ||| c", "has '|||' more than once")]
    [InlineData("  ", "is empty")]
    [InlineData("a |||  ", "has nothing behind '|||'")]
    [InlineData("||| b", "has nothing before '|||'")]
    [InlineData("{a ||| b}", "has a '{' without a '}' behind it")]
    public void Problems_BadText_AreSaid(string text, string problem) => TaskTemplate.Problems(text).First().ShouldStartWith(problem);
}
