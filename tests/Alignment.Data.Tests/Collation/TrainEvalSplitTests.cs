using Alignment.Data.Collation;
using Alignment.Data.Rows;

namespace Alignment.Data.Tests.Collation;

public sealed class TrainEvalSplitTests
{
    // 100 prompts with 1 to 4 rows each, 250 rows
    private static readonly PromptCompletionRow[] Rows =
        [.. Enumerable.Range(0, 100).SelectMany(p => Enumerable.Range(0, 1 + (p % 4)).Select(r => new PromptCompletionRow($"prompt {p}", $"answer {r}") { Id = $"f:{p}.{r}" }))];

    [Fact]
    public void HoldOut_SeveralSeeds_NoPromptOnBothSidesAndTheShare()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var split = Split(Rows, 0.2 * Rows.Length, seed);
            var (eval, train) = (Rows.Where(split.IsHeldOut).ToList(), Rows.Where(row => !split.IsHeldOut(row)).ToList());

            train.Select(TrainEvalSplit.Prompt).Intersect(eval.Select(TrainEvalSplit.Prompt)).ShouldBeEmpty();
            eval.Count.ShouldBe(50);
            (split.Rows, split.Groups, split.HeldOutRows).ShouldBe((250, 100, 50));
            eval.Select(TrainEvalSplit.Prompt).Distinct().Count().ShouldBe(split.HeldOutGroups);
        }
    }

    [Fact]
    public void HoldOut_OtherOrder_SameRowsHeldOut()
    {
        var held = Rows.Where(Split(Rows, 50, 1).IsHeldOut).ToList();

        Rows.Where(Split([.. Rows.Reverse()], 50, 1).IsHeldOut).ShouldBe(held);
        Rows.Where(Split(Rows, 50, 2).IsHeldOut).ShouldNotBe(held);
    }

    [Theory]
    [InlineData(0.001)]
    [InlineData(1.999)]
    public void HoldOut_TwoPrompts_OneOnEachSide(double rows) =>
        Split([new TextRow("a") { Id = "f:1" }, new TextRow("b") { Id = "f:2" }], rows, 0).HeldOutRows.ShouldBe(1);

    [Fact]
    public void HoldOut_OnePromptInSeveralForms_CannotBe()
    {
        Message[] chat = [new("user", "What is  COPPER?\n")], later = [.. chat, new("assistant", "A metal."), new("user", "And tin?")];
        DataRow[] rows =
        [
            new PromptRow("what is copper?") { Id = "f:1" },
            new PromptCompletionRow(chat, (Message[])[new("assistant", "A metal.")]) { Id = "f:2" },
            new MessagesRow(later) { Id = "f:3" },
            new PreferenceRow("\n\nHuman: What is copper?\n\nAssistant: A metal.\n\nHuman: And tin?\n\nAssistant:", " A metal.", " No.") { Id = "f:4" },
        ];
        var split = new TrainEvalSplit();
        foreach (var row in rows)
        {
            split.Add(row);
        }

        split.Groups.ShouldBe(1);
        split.HoldOut(2).ShouldBeFalse();
    }

    [Fact]
    public void HoldOut_GroupsThatLinkPrompts_StayTogether()
    {
        // a - g1 - b - g2 - c are one group by way of b; d and e are alone.
        DataRow[] rows = [Row("a", "g1"), Row("b", "g1"), Row("b", "g2"), Row("c", "g2"), Row("d", null), Row("e", null)];
        for (var seed = 0; seed < 20; seed++)
        {
            var split = Split(rows, 4, seed);
            split.Groups.ShouldBe(3);
            rows.Take(4).Select(split.IsHeldOut).Distinct().Count().ShouldBe(1);
        }

        static PromptRow Row(string prompt, string? group) => new(prompt) { Id = "f:1", Columns = group is null ? [] : new() { ["meta"] = new System.Text.Json.Nodes.JsonObject { ["group"] = group } } };
    }

    [Fact]
    public void HoldOut_ByAnotherColumn_KeepsItsValuesTogether()
    {
        PromptRow[] rows = [.. Enumerable.Range(0, 40).Select(i => new PromptRow($"prompt {i}") { Id = $"f:{i}", Columns = new() { ["person"] = i % 5 }, Known = ["prompt"] })];
        var split = new TrainEvalSplit(3, "person");
        foreach (var row in rows)
        {
            split.Add(row);
        }

        split.HoldOut(8).ShouldBeTrue();
        split.Groups.ShouldBe(5);
        rows.GroupBy(row => row.Columns["person"]!.GetValue<int>()).Count(person => person.All(split.IsHeldOut)).ShouldBe(1);
        split.HeldOutRows.ShouldBe(8);
    }

    [Fact]
    public void Prompt_EachRow_WhatItAnswers()
    {
        TrainEvalSplit.Prompt(new MessagesRow([new("user", "q"), new("assistant", "a"), new("user", "r")]) { Id = "f:1" }).ShouldBe("user: q");
        TrainEvalSplit.Prompt(new PreferenceRow("p", "a", "b") { Id = "f:1" }).ShouldBe("p");
    }

    [Fact]
    public void Prompt_ConversationsThatBeginAlike_AreOne()
    {
        Message[] first = [new("user", "q")], longer = [new("user", "q"), new("assistant", "a"), new("user", "r")];
        Message[] answer = [new("assistant", "b")];
        DataRow[] rows =
        [
            new PromptRow(first) { Id = "f:1" },
            new PromptCompletionRow(longer, answer) { Id = "f:2" },
            new PreferenceRow(longer, answer, new Message[] { new("assistant", "c") }) { Id = "f:3" },
            new RankedRow(longer, [new RankedResponse(answer)]) { Id = "f:4" },
            new UnpairedRow(first, answer, true) { Id = "f:5" },
            new MessagesRow([.. longer, .. answer]) { Id = "f:6" },
        ];

        rows.Select(TrainEvalSplit.Prompt).Distinct().ShouldBe(["user: q"]);
    }

    private static TrainEvalSplit Split(IEnumerable<DataRow> rows, double heldOut, long seed)
    {
        var split = new TrainEvalSplit(seed);
        foreach (var row in rows)
        {
            split.Add(row);
        }

        split.HoldOut(heldOut).ShouldBeTrue();
        return split;
    }
}
