using Alignment.Data.Collation;
using Alignment.Data.Rows;
using Alignment.Data.Templates;
using static Alignment.Data.Tests.TinyTokenizer;

namespace Alignment.Data.Tests.Collation;

public sealed class PreferenceExamplesTests
{
    private static readonly ExampleOptions Options = new() { Tokenizer = Instance, MaxLength = 7 };

    [Fact]
    public void Build_Text_EachSideEndsWithEos()
    {
        var example = One(Row("xy", "a", "cd", margin: 2, label: 0.5), Options);

        example.Prompt.ShouldBe(Bytes("xy"));
        example.Chosen.ShouldBe([4 + 'a', End]);
        example.Rejected.ShouldBe([4 + 'c', 4 + 'd', End]);
        (example.RowId, example.Margin, example.Label).ShouldBe(("f:1", 2, 0.5));
    }

    [Fact]
    public void Build_ChatMl_TextAndMessagesAreTheSame()
    {
        var options = Options with { MaxLength = 100, Template = ChatTemplate.ChatMl };
        var messages = new PreferenceRow(new Message[] { new("user", "xy") }, new Message[] { new("assistant", "a") }, new Message[] { new("assistant", "cd") }) { Id = "f:1" };

        var (a, b) = (One(messages, options), One(Row("xy", "a", "cd"), options));

        a.Prompt.ShouldBe([Start, .. Bytes("user\nxy"), End, 4 + '\n', Start, .. Bytes("assistant\n")]);
        a.Chosen.ShouldBe([4 + 'a', End]);
        new[] { b.Prompt, b.Chosen, b.Rejected }.ShouldBe([a.Prompt, a.Chosen, a.Rejected]);
    }

    [Fact]
    public void Build_TruncatePrompt_OnePromptForBothSides()
    {
        var example = One(Row("uvwxyz", "a", "cd"), Options with { Overflow = Overflow.TruncatePrompt });

        // the rejected side needs 3 of 7 tokens, so 4 of the prompt stay
        example.Prompt.ShouldBe(Bytes("wxyz"));
        example.Chosen.ShouldBe([4 + 'a', End]);
    }

    [Fact]
    public void Build_TooLong_ErrorCountsTheLongerSide() =>
        Should.Throw<DataFormatException>(() => One(Row("uvwxyz", "a", "cd"), Options)).Message.ShouldStartWith("f:1: the row has 9 tokens (prompt 6, response 3), max_length is 7;");

    private static PreferenceExample One(PreferenceRow row, ExampleOptions options) => PreferenceExamples.Build([row], options).Examples.Single();

    private static PreferenceRow Row(string prompt, string chosen, string rejected, double margin = 0, double label = 1) => new(prompt, chosen, rejected, margin, label) { Id = "f:1" };
}
