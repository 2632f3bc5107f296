using System.Text.Json.Nodes;
using Alignment.Data.Collation;
using Alignment.Data.Rows;
using Alignment.Data.Templates;
using static Alignment.Data.Tests.TinyTokenizer;

namespace Alignment.Data.Tests.Collation;

public sealed class ChoiceExamplesTests
{
    private static readonly ExampleOptions Options = new() { Tokenizer = Instance, MaxLength = 40 };

    [Theory]
    [InlineData("""{"choices": ["yes", "no"], "choice": 1}""", 1)]
    [InlineData("""{"choices": ["yes", "no"], "answer": "yes"}""", 0)]
    [InlineData("""{"choices": ["yes", "no"], "choice": 1, "answer": "maybe, says somebody"}""", 1)]
    public void Build_Row_HasEveryChoiceWithItsEos(string columns, int answer)
    {
        var example = Build(columns, Options).Examples.Single();

        example.Prompt.ShouldBe(Bytes("xy"));
        example.Choices.ShouldBe([[.. Bytes("yes"), End], [.. Bytes("no"), End]]);
        example.Answer.ShouldBe(answer);
    }

    [Fact]
    public void Build_ChatMl_EndsEachChoiceWithTheStopToken()
    {
        var example = Build("""{"choices": ["yes", "no"], "choice": 1}""", Options with { MaxLength = 100, Template = ChatTemplate.ChatMl }).Examples.Single();

        example.Prompt[^10..].ShouldBe(Bytes("assistant\n"));
        example.Choices.ShouldBe([[.. Bytes("yes"), End], [.. Bytes("no"), End]]);
    }

    [Theory]
    [InlineData("""{"answer": "yes"}""", "column 'choices' is missing")]
    [InlineData("""{"choices": "yes", "answer": "yes"}""", "column 'choices' is not a list")]
    [InlineData("""{"choices": ["yes"], "answer": "yes"}""", "at least two different texts")]
    [InlineData("""{"choices": ["yes", "yes"], "answer": "yes"}""", "at least two different texts")]
    [InlineData("""{"choices": ["yes", 3], "answer": "yes"}""", "at least two different texts")]
    [InlineData("""{"choices": ["yes", "no"]}""", "neither column 'choice' nor 'answer'")]
    [InlineData("""{"choices": ["yes", "no"], "choice": 2}""", "not an index from 0 to 1")]
    [InlineData("""{"choices": ["yes", "no"], "answer": "maybe"}""", "none of the choices")]
    public void Build_BadColumns_NamesRowAndColumn(string columns, string message)
    {
        var error = Should.Throw<DataFormatException>(() => Build(columns, Options));

        error.Message.ShouldStartWith("f:1: ");
        error.Message.ShouldContain(message);
    }

    [Fact]
    public void Build_TooLong_IsNeverCut()
    {
        const string Columns = """{"choices": ["yes", "no"], "choice": 1}""";

        Should.Throw<DataFormatException>(() => Build(Columns, Options with { MaxLength = 4, Overflow = Overflow.TruncatePrompt })).Message.ShouldContain("f:1");
        Build("{\"choices\": [\"a\", \"b\"], \"choice\": 1}", Options with { MaxLength = 4, Overflow = Overflow.Drop }, Columns).Overflow.Dropped.ShouldBe(1);
    }

    private static ExampleSet<ChoiceExample> Build(string columns, ExampleOptions options, params string[] more) => ChoiceExamples.Build(
        [.. more.Prepend(columns).Select((text, i) => new PromptRow("xy") { Id = $"f:{i + 1}", Columns = JsonNode.Parse(text)!.AsObject() })], options);
}
