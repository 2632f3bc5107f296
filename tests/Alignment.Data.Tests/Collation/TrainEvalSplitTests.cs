using Alignment.Data.Collation;
using Alignment.Data.Rows;

namespace Alignment.Data.Tests.Collation;

public sealed class TrainEvalSplitTests
{
    // 100 prompts with 1 to 4 rows each, 250 rows
    private static readonly PromptCompletionRow[] Rows =
        [.. Enumerable.Range(0, 100).SelectMany(p => Enumerable.Range(0, 1 + (p % 4)).Select(r => new PromptCompletionRow($"prompt {p}", $"answer {r}") { Id = $"f:{p}.{r}" }))];

    [Fact]
    public void ByPrompt_SeveralSeeds_NoPromptOnBothSidesAndAboutTheShare()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var (train, eval) = TrainEvalSplit.ByPrompt(Rows, 0.2, seed);

            train.Select(TrainEvalSplit.Prompt).Intersect(eval.Select(TrainEvalSplit.Prompt)).ShouldBeEmpty();
            (train.Count + eval.Count).ShouldBe(250);
            eval.Count.ShouldBeInRange(47, 50);
            train.Select(r => Array.IndexOf(Rows, r)).ShouldBeInOrder();
        }
    }

    [Fact]
    public void ByPrompt_OtherOrder_SameRowsHeldOut()
    {
        var held = TrainEvalSplit.ByPrompt(Rows, 0.2, 1).Eval.Select(r => r.Id);

        TrainEvalSplit.ByPrompt([.. Rows.Reverse()], 0.2, 1).Eval.Select(r => r.Id).Order().ShouldBe(held.Order());
        TrainEvalSplit.ByPrompt(Rows, 0.2, 2).Eval.Select(r => r.Id).Order().ShouldNotBe(held.Order());
    }

    [Fact]
    public void ByPrompt_TwoPrompts_OneOnEachSide()
    {
        foreach (var fraction in new[] { 0.001, 0.999 })
        {
            var (train, eval) = TrainEvalSplit.ByPrompt([new TextRow("a") { Id = "f:1" }, new TextRow("b") { Id = "f:2" }], fraction, 0);
            (train.Count, eval.Count).ShouldBe((1, 1));
        }
    }

    [Fact]
    public void ByPrompt_OnePrompt_Refused() =>
        Should.Throw<DataFormatException>(() => TrainEvalSplit.ByPrompt([new PromptRow("a") { Id = "f:1" }, new PromptRow("a") { Id = "f:2" }], 0.5, 0)).Message
            .ShouldBe("f:1: all 2 rows share one prompt, so none can be held out; give a file of evaluation rows or more data");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void ByPrompt_FractionOutOfRange_Refused(double fraction) => Should.Throw<ArgumentOutOfRangeException>(() => TrainEvalSplit.ByPrompt(Rows, fraction, 0));

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
}
