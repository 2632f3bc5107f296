using Alignment.Data.Rows;
using Alignment.Labeling.Sampling;
using Alignment.Labeling.Tasks;

namespace Alignment.Labeling.Tests.Sampling;

public class TaskSelectionTests
{
    private static readonly SelectionOptions Plain = new() { GoldShare = 0 };

    private static CandidatePool Pool(int prompts, params (string Model, int Answers)[] models)
    {
        var pool = new CandidatePool();
        for (var i = 0; i < prompts; i++)
        {
            foreach (var (model, answers) in models)
            {
                for (var j = 0; j < answers; j++)
                {
                    pool.Add($"prompt {i}", new Candidate($"answer {j} of {model} to {i}") { Model = model });
                }
            }
        }

        return pool;
    }

    private static PreferenceRow Gold(int i) => new($"gold {i}", "right", "wrong") { Id = $"gold:{i}" };

    [Fact]
    public void Pool_LeavesBlankAndRepeatedAnswersOut()
    {
        var pool = new CandidatePool();
        pool.Add("p", new Candidate("one"));
        pool.Add("p ", new Candidate("one\r\n"));
        pool.Add("p", new Candidate(" \n"));
        pool.Add(new Message[] { new("user", "p") }, new Candidate("two"));
        (pool.Prompts.Count, pool.Prompts[0].Candidates.Count, pool.Blank, pool.Repeated).ShouldBe((1, 2, 1, 1));
    }

    [Fact]
    public void Make_IsAFunctionOfTheSeed()
    {
        string[] Ids(long seed) => [.. TaskSelection.Make(Pool(30, ("a", 2), ("b", 2)), [.. Enumerable.Range(0, 10).Select(Gold)], new() { Seed = seed }).Select(task => task.Id)];
        Ids(1).ShouldBe(Ids(1));
        Ids(1).ShouldNotBe(Ids(2));
    }

    [Fact]
    public void Random_TakesDifferentModelsFirst()
    {
        var tasks = TaskSelection.Make(Pool(20, ("a", 2), ("b", 1)), [], Plain);
        tasks.Count.ShouldBe(20);
        tasks.ShouldAllBe(task => task.Candidates[0].Model != task.Candidates[1].Model);
        TaskSelection.Make(Pool(20, ("a", 2), ("b", 1)), [], Plain with { PerPrompt = 3 }).Count.ShouldBe(60);
        TaskSelection.Make(Pool(20, ("a", 2)), [], Plain with { Tasks = 7 }).Count.ShouldBe(7);
        TaskSelection.Make(Pool(5, ("a", 1)), [], Plain).ShouldBeEmpty();
    }

    [Fact]
    public void Margin_TakesTheClosestPairs_OfAllPrompts()
    {
        var pool = Pool(3, ("a", 3));
        pool.Prompts[0].Rewards.Add([0, 5, 5.5]);
        pool.Prompts[1].Rewards.Add([1, 1.1, 9]);
        pool.Prompts[2].Rewards.Add([0, 10, 20]);
        var tasks = TaskSelection.Make(pool, [], Plain with { Select = SelectionKind.Margin, Tasks = 2 });
        tasks.Select(task => task.Prompt.ToString()).Order().ShouldBe(["prompt 0", "prompt 1"]);
        tasks.Single(task => task.Prompt.ToString() == "prompt 0").Candidates.Select(candidate => candidate.Reward).ShouldBe([5, 5.5]);
        tasks.Single(task => task.Prompt.ToString() == "prompt 1").Meta!["reward_margin"]!.GetValue<double>().ShouldBe(0.1, 1e-9);
        Should.Throw<InvalidDataException>(() => TaskSelection.Make(Pool(2, ("a", 2)), [], Plain with { Select = SelectionKind.Margin })).Message.ShouldContain("--reward-model");
    }

    [Fact]
    public void Disagreement_TakesThePairsOnWhichModelsDiffer_WhateverTheirScales()
    {
        var pool = Pool(2, ("a", 3));
        // The second model counts in hundreds. On prompt 0 both agree on the order; on prompt 1 they turn answers 0 and 2 round.
        pool.Prompts[0].Rewards.AddRange([[1, 2, 3], [100, 200, 300]]);
        pool.Prompts[1].Rewards.AddRange([[1, 2, 3], [300, 200, 100]]);
        var task = TaskSelection.Make(pool, [], Plain with { Select = SelectionKind.Disagreement, Tasks = 1 }).Single();
        task.Prompt.ToString().ShouldBe("prompt 1");
        task.Candidates.Select(candidate => candidate.Text).ShouldBe(["answer 0 of a to 1", "answer 2 of a to 1"]);
        Should.Throw<InvalidDataException>(() => TaskSelection.Make(Pool(2, ("a", 2)), [], Plain with { Select = SelectionKind.Disagreement })).Message.ShouldContain("two reward models");
    }

    [Fact]
    public void KCandidates_AreChosen_ByMarginNeighbours()
    {
        TaskSelection.Make(Pool(4, ("a", 5)), [], Plain with { Candidates = 3 }).ShouldAllBe(task => task.Candidates.Count == 3);
        var pool = Pool(1, ("a", 4));
        pool.Prompts[0].Rewards.Add([9, 1, 2, 3]);
        TaskSelection.Make(pool, [], Plain with { Candidates = 3, Select = SelectionKind.Margin }).Single().Candidates.Select(candidate => candidate.Reward).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void Overlap_IsForItsShare()
    {
        var tasks = TaskSelection.Make(Pool(50, ("a", 2)), [], Plain with { Overlap = 3, OverlapShare = 0.2 });
        tasks.CountBy(task => task.Overlap).ToDictionary().ShouldBe(new Dictionary<int, int> { [3] = 10, [1] = 40 }, ignoreOrder: true);
    }

    [Fact]
    public void Gold_IsMixedIn_WithItsShare_ItsSideByLot()
    {
        var tasks = TaskSelection.Make(Pool(90, ("a", 2)), [.. Enumerable.Range(0, 40).Select(Gold)], Plain with { GoldShare = 0.1 });
        var gold = tasks.Index().Where(one => one.Item.Gold is not null).ToList();
        gold.Count.ShouldBe(10);
        gold.ShouldAllBe(one => one.Item.Overlap == 0 && one.Item.Candidates[one.Item.Gold!.Value.Choice].Text == "right");
        gold.Select(one => one.Item.Gold).Distinct().Count().ShouldBe(2);
        gold.Any(one => one.Index < 50).ShouldBeTrue();
        gold.Any(one => one.Index >= 50).ShouldBeTrue();
    }

    [Fact]
    public void Problems_NameEveryOption() =>
        new SelectionOptions { Candidates = 1, PerPrompt = 0, Tasks = 0, Overlap = 0, OverlapShare = 2, GoldShare = 1 }.Problems()
            .Select(problem => problem.Split(' ')[0]).ShouldBe(["candidates", "per_prompt", "tasks", "overlap", "overlap_share", "gold_share"]);
}
