using System.Text.Json.Nodes;
using Alignment.Data.Collation;
using Alignment.Data.Rows;

namespace Alignment.Data.Tests.Collation;

public sealed class UnpairedExamplesTests
{
    private static readonly ExampleOptions Options = new() { Tokenizer = TinyTokenizer.Instance, MaxLength = 100 };

    [Theory]
    [InlineData("true", true)]
    [InlineData("1", true)]
    [InlineData("1.0", true)]
    [InlineData("false", false)]
    [InlineData("0", false)]
    public void Build_Label_SaysWhetherTheResponseIsGood(string label, bool good)
    {
        var example = UnpairedExamples.Build([Row("x", "y", label)], Options).Examples.ShouldHaveSingleItem();

        example.Desirable.ShouldBe(good);
        TinyTokenizer.Instance.Decode(example.Completion, skipSpecials: false).ShouldBe("y<|im_end|>");
    }

    [Theory]
    [InlineData("0.5", "f:1: 'label' is 0.5; it must be true or 1 for a good completion, false or 0 for a bad one")]
    [InlineData("\"yes\"", "f:1: 'label' is \"yes\"; it must be true or 1 for a good completion, false or 0 for a bad one")]
    [InlineData(null, "f:1: there is no column 'label'; say with true or false whether the completion is good")]
    public void Build_AnotherLabel_IsRefused(string? label, string message) =>
        Should.Throw<DataFormatException>(() => UnpairedExamples.Build([Row("x", "y", label)], Options)).Message.ShouldBe(message);

    [Fact]
    public void Build_Pair_IsTakenApartByItsLabel_TiesGo()
    {
        DataRow[] rows =
        [
            new PreferenceRow("x", "y", "z") { Id = "f:1" },
            new PreferenceRow("x", "y", "z", Label: 0.5) { Id = "f:2" },
            new PreferenceRow("x", "y", "z", Label: 0.2) { Id = "f:3" },
        ];

        UnpairedExamples.Build(rows, Options).Examples.Select(e => $"{e.RowId} {TinyTokenizer.Instance.Decode(e.Completion, skipSpecials: true)} {e.Desirable}")
            .ShouldBe(["f:1 y True", "f:1 z False", "f:3 y False", "f:3 z True"]);
    }

    [Fact]
    public void Build_TooLong_ByThePolicy()
    {
        var short5 = Options with { MaxLength = 5 };
        DataRow[] rows = [Row("abababab x y z", "y", "true"), Row("x", "y", "true"), Row("x", "q w e r t z u i o p", "false")];

        Should.Throw<DataFormatException>(() => UnpairedExamples.Build(rows, short5)).Message.ShouldStartWith("f:1: the row has");
        var dropped = UnpairedExamples.Build(rows, short5 with { Overflow = Overflow.Drop });
        (dropped.Examples.Count, dropped.Overflow.Dropped).ShouldBe((1, 2));
        var cut = UnpairedExamples.Build(rows, short5 with { Overflow = Overflow.TruncatePrompt });
        (cut.Examples.Count, cut.Overflow.Truncated, cut.Overflow.Dropped).ShouldBe((2, 1, 1));
        cut.Examples[0].ShouldSatisfyAllConditions(
            e => (e.Prompt.Length + e.Completion.Length).ShouldBe(5), e => TinyTokenizer.Instance.Decode(e.Completion, skipSpecials: false).ShouldBe("y<|im_end|>"),
            e => TinyTokenizer.Instance.Decode(e.Prompt, skipSpecials: false).ShouldEndWith("z"));
    }

    private static PromptCompletionRow Row(string prompt, string completion, string? label) =>
        new(prompt, completion) { Id = "f:1", Columns = label is null ? [] : new JsonObject { ["label"] = JsonNode.Parse(label) } };
}
