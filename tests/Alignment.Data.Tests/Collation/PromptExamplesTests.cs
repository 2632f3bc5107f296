using System.Text.Json.Nodes;
using Alignment.Data.Collation;
using Alignment.Data.Rows;
using Alignment.Data.Templates;
using static Alignment.Data.Tests.TinyTokenizer;

namespace Alignment.Data.Tests.Collation;

public sealed class PromptExamplesTests
{
    private static readonly ExampleOptions Options = new() { Tokenizer = Instance, MaxLength = 4 };

    [Fact]
    public void Build_Prompt_KeepsTheColumns()
    {
        var columns = new JsonObject { ["answer"] = "42" };

        var example = PromptExamples.Build([new PromptRow("xy") { Id = "f:1", Columns = columns }], Options).Examples.Single();

        example.Prompt.ShouldBe(Bytes("xy"));
        example.Columns.ShouldBeSameAs(columns);
        example.Text.ShouldBe("xy");
    }

    [Fact]
    public void Build_TruncatePrompt_KeepsTheEnd()
    {
        var set = PromptExamples.Build([new PromptRow("uvwxyz") { Id = "f:1" }], Options with { Overflow = Overflow.TruncatePrompt });

        set.Examples.Single().Prompt.ShouldBe(Bytes("wxyz"));
        (set.Overflow.Truncated, set.Overflow.TokensCut).ShouldBe((1, 2));
    }

    [Fact]
    public void Build_ChatMl_EndsWithTheGenerationPrompt()
    {
        var options = Options with { MaxLength = 100, Template = ChatTemplate.ChatMl };

        PromptExamples.Build([new PromptRow("xy") { Id = "f:1" }], options).Examples.Single().Prompt
            .ShouldBe([Start, .. Bytes("user\nxy"), End, 4 + '\n', Start, .. Bytes("assistant\n")]);
    }
}
