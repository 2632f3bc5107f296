using Alignment.Data.Rows;

namespace Alignment.Dpo.Tests;

public sealed class UnpairedRowsTests
{
    [Fact]
    public void Of_Rows_TakeTheEarlierResponseToAnotherPromptCutToTheLength()
    {
        UnpairedExample[] examples = [new("a:1", [5, 6], [7, 8, 3], true), new("a:2", [5, 6], [9, 3], false), new("a:3", [10], [11, 12, 3], true)];

        var rows = UnpairedRows.Of(examples, maxLength: 4);

        rows.Select(row => row.Label).ShouldBe([1, 0, 1]);
        rows[0].Rejected.ShouldBe([11, 12]); // of a:3, cut: two prompt tokens leave room for two
        rows[1].Rejected.ShouldBe([11, 12]); // a:1 answers the same prompt
        rows[2].Rejected.ShouldBe([9, 3]);
    }

    [Fact]
    public void Of_OnePrompt_IsAnError() =>
        Should.Throw<InvalidDataException>(() => UnpairedRows.Of([new("a:1", [5], [7], true), new("a:2", [5], [8], false)], 8))
            .Message.ShouldContain("at least two prompts");
}
