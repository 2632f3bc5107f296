using Alignment.Data.Rows;
using Alignment.Data.Selection;

namespace Alignment.Data.Tests.Selection;

public sealed class RowSelectionTests
{
    [Fact]
    public void Finish_DistinctAndWords_KeepsTheFirstOfEachThatFits() =>
        Keep(new SelectionOptions { Distinct = true, LeastWords = 2, MostWords = 3 }, Row("p", "a b"), Row("p", "a b"), Row("p", "a"), Row("p", "a b c d"), Row("q", "a b")).ShouldBe([0, 4]);

    [Fact]
    public void Finish_Usable_LeavesOutWhatTrainingRefuses() =>
        Keep(new SelectionOptions { Usable = true }, Row("p", "a"), Row(" ", "a"), Row("p", "")).ShouldBe([0]);

    [Fact]
    public void Finish_Range_OfAColumnOrOfMeta()
    {
        var rows = new[] { """{"loss": 1.5}""", """{"meta": {"loss": 0.4}}""", """{"loss": 9}""", """{"other": 1}""" }
            .Select(json => Row("p", "a") with { Columns = System.Text.Json.Nodes.JsonNode.Parse(json)!.AsObject() }).ToArray();

        Keep(new SelectionOptions { Ranges = [("loss", 0.4, 3)] }, rows).ShouldBe([0, 1]);
    }

    [Fact]
    public void Finish_NearDuplicates_KeepsTheFirst()
    {
        var text = string.Join(' ', Enumerable.Range(0, 300).Select(i => $"w{i}"));

        Keep(new SelectionOptions { NearDuplicate = 0.8 }, Row("p", text), Row("p", text + " more"), Row("p", "quite another text that has nothing in common with it")).ShouldBe([0, 2]);
    }

    [Fact]
    public void Finish_Diverse_TakesOneOfEachCluster()
    {
        // Three clusters of equal rows: the farthest point is never in a cluster that was taken.
        DataRow[] rows = [.. Enumerable.Range(0, 12).Select(i => Row("p", (i % 3) switch { 0 => "cats purr softly", 1 => "prime numbers are odd", _ => "the economy of Peru" }))];

        var kept = Keep(new SelectionOptions { Diverse = 3 }, rows);

        kept.Select(i => i % 3).Order().ShouldBe([0, 1, 2]);
    }

    [Fact]
    public void Take_PointsOnALine_FarthestFirst()
    {
        // 0, 1, 5, 10: from 0 the farthest is 10; then 5 (distance 5 from both)
        float[][] points = [.. new[] { 0f, 1, 5, 10 }.Select(x => Enumerable.Repeat(0f, 63).Prepend(x).ToArray())];

        KCentre.Take(points, 3).ShouldBe([0, 3, 2]);
    }

    private static PromptCompletionRow Row(string prompt, string completion) => new(prompt, completion) { Id = "f:1" };

    private static int[] Keep(SelectionOptions options, params DataRow[] rows)
    {
        var selection = new RowSelection(options);
        foreach (var row in rows)
        {
            selection.Add(row);
        }

        return [.. selection.Finish().Order()];
    }
}
