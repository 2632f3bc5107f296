using Alignment.Labeling.Store;
using Alignment.Labeling.Tasks;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Tests.Store;

/// <summary>What every store must do. A store's test class says how it is made and opened again.</summary>
public abstract class LabelStoreContract
{
    private protected HandClock Clock { get; } = new();

    private protected static LabelProject Project { get; } = new() { Name = "contract", Seed = 7, AssignmentMinutes = 60 };

    /// <summary>Makes an empty project.</summary>
    private protected abstract Task<ILabelStore> CreateAsync();

    /// <summary>Opens the project again after its store was disposed.</summary>
    private protected abstract Task<ILabelStore> ReopenAsync();

    private async Task<ILabelStore> WithTasksAsync(params LabelTask[] tasks)
    {
        var store = await CreateAsync();
        (await store.AddTasksAsync(tasks)).ShouldBe(tasks.Length);
        return store;
    }

    [Fact]
    public async Task Tasks_AddedTwice_StandOnce_InOrder()
    {
        await using var store = await WithTasksAsync(Made.Tasks(3));
        (await store.AddTasksAsync([Made.Task("t1"), Made.Task("new")])).ShouldBe(1);
        (await store.TasksAsync()).Select(task => task.Id).ShouldBe(["t0", "t1", "t2", "new"]);
        (await store.FindTaskAsync("t2"))!.AsksTheSame(Made.Task("t2")).ShouldBeTrue();
        (await store.FindTaskAsync("none")).ShouldBeNull();
    }

    [Fact]
    public async Task Tasks_OfOneIdThatDiffer_AreRefused_AndNothingIsAdded()
    {
        await using var store = await WithTasksAsync(Made.Tasks(1));
        var other = Made.Task("t0") with { Prompt = "another prompt" };
        (await Should.ThrowAsync<InvalidDataException>(() => store.AddTasksAsync([Made.Task("new"), other]))).Message.ShouldContain("'t0'");
        (await Should.ThrowAsync<InvalidDataException>(() => store.AddTasksAsync([Made.Task("new"), Made.Task("bad", candidates: 1)]))).Message.ShouldContain("'bad'");
        (await store.TasksAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Everything_IsThereAgain_AfterReopening()
    {
        var task = Made.Task("t0", overlap: 2) with
        {
            Gold = Verdict.Tie,
            Prompt = new Data.Rows.Message[] { new("system", "be brief"), new("user", "x") },
            Meta = new() { ["why"] = "margin" },
        };
        var vote = Made.Vote("t0", "ada", Verdict.Of(1)) with { Strength = 3, Comment = "a\n\"b\" 😀", Seconds = 4.25, Shown = [1, 0], Origin = "page", Orders = new(3, 2, 1, 0) };
        await using (var store = await WithTasksAsync(task))
        {
            (await store.AddVotesAsync([vote, Made.Vote("t0", "bob", Verdict.Skip)])).ShouldAllBe(receipt => receipt.Status == VoteStatus.Saved);
            (await store.UndoAsync("bob", "t0/bob")).Status.ShouldBe(VoteStatus.Saved);
        }

        await using var again = await ReopenAsync();
        again.Project.ShouldBe(Project);
        var read = (await again.TasksAsync()).Single();
        (read.Gold, read.Overlap, read.Meta!["why"]!.GetValue<string>(), read.AsksTheSame(task)).ShouldBe((Verdict.Tie, 2, "margin", true));
        read.Candidates[1].ShouldBe(task.Candidates[1]);
        (await again.VotesAsync()).ShouldBe([vote]);
    }

    [Fact]
    public async Task Ranking_IsKept_AndJudged()
    {
        var vote = Made.Vote("k", "ada", Verdict.Of(2)) with { Ranking = [2, 0, 1] };
        await using (var store = await WithTasksAsync(Made.Task("k", overlap: 0, candidates: 3)))
        {
            (await store.AddVotesAsync([vote])).Single().Status.ShouldBe(VoteStatus.Saved);
            (await store.AddVotesAsync([vote with { Ranking = [2, 1, 0] }])).Single().Status.ShouldBe(VoteStatus.IdTaken);
            (await store.AddVotesAsync([vote with { Annotator = "bob", Id = "b", Ranking = [0, 1, 2] }])).Single().Status.ShouldBe(VoteStatus.Invalid);
        }

        await using var again = await ReopenAsync();
        (await again.VotesAsync()).ShouldBe([vote]);
        (await again.AddVotesAsync([vote])).Single().Status.ShouldBe(VoteStatus.Repeated);
    }

    [Fact]
    public async Task Vote_SentTwice_IsSavedOnce()
    {
        await using var store = await WithTasksAsync(Made.Tasks(2));
        var vote = Made.Vote("t0", "ada");
        (await store.AddVotesAsync([vote, vote])).Select(receipt => receipt.Status).ShouldBe([VoteStatus.Saved, VoteStatus.Repeated]);
        (await store.AddVotesAsync([vote])).Single().Status.ShouldBe(VoteStatus.Repeated);
        (await store.VotesAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Vote_ThatCannotStand_IsRefusedWithAReason()
    {
        await using var store = await WithTasksAsync(Made.Tasks(2));
        await store.AddVotesAsync([Made.Vote("t0", "ada")]);
        var receipts = await store.AddVotesAsync(
        [
            Made.Vote("t0", "ada", Verdict.Of(1)),
            Made.Vote("t0", "ada", Verdict.Of(1), id: "other"),
            Made.Vote("none", "ada"),
            Made.Vote("t1", "ada", Verdict.Of(2)),
            Made.Vote("t0", "ada", Verdict.Of(1), id: "settled") with { Adjudication = true },
        ]);
        receipts.Select(receipt => receipt.Status).ShouldBe([VoteStatus.IdTaken, VoteStatus.AlreadyVoted, VoteStatus.Unknown, VoteStatus.Invalid, VoteStatus.Saved]);
        receipts.Take(4).ShouldAllBe(receipt => receipt.Reason!.Length > 10 && !receipt.IsStored);
        (await store.VotesAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Undo_TakesTheVoteBack_AndHandsTheTaskOutAgain()
    {
        await using var store = await WithTasksAsync(Made.Tasks(2));
        (await store.AssignAsync("ada")).Single().Task.Id.ShouldBe("t0");
        await store.AddVotesAsync([Made.Vote("t0", "ada")]);
        (await store.AssignAsync("ada")).Single().Task.Id.ShouldBe("t1");

        (await store.UndoAsync("bob", "t0/ada")).Status.ShouldBe(VoteStatus.Unknown);
        (await store.UndoAsync("ada", "t0/ada")).Status.ShouldBe(VoteStatus.Saved);
        (await store.UndoAsync("ada", "t0/ada")).Status.ShouldBe(VoteStatus.Repeated);
        (await store.VotesAsync()).ShouldBeEmpty();
        (await store.AssignAsync("ada")).Single().Task.Id.ShouldBe("t0");
        (await store.AssignAsync("bob", 2)).ShouldBeEmpty();

        // A browser that sends the undone vote again gets no second one.
        (await store.AddVotesAsync([Made.Vote("t0", "ada")])).Single().Status.ShouldBe(VoteStatus.Repeated);
        (await store.VotesAsync()).ShouldBeEmpty();
        (await store.AddVotesAsync([Made.Vote("t0", "ada", Verdict.Of(1), id: "second")])).Single().Status.ShouldBe(VoteStatus.Saved);
        (await store.VotesAsync()).Single().Choice.ShouldBe(Verdict.Of(1));
    }

    [Fact]
    public async Task Assign_GivesTheSameTaskUntilThereIsAVote_AlsoAfterReopening()
    {
        await using (var store = await WithTasksAsync(Made.Tasks(3)))
        {
            (await store.AssignAsync("ada", 2)).Select(given => given.Task.Id).ShouldBe(["t0", "t1"]);
            (await store.AssignAsync("ada")).Single().Task.Id.ShouldBe("t0");
        }

        await using var again = await ReopenAsync();
        var held = await again.AssignAsync("ada", 2);
        held.Select(given => given.Task.Id).ShouldBe(["t0", "t1"]);
        held[0].Order.ShouldBe(SideOrder.Of(Project.Seed, "t0", "ada", 2));
        held[0].Until.ShouldBe(Made.Noon.AddMinutes(60));
        (await again.AssignAsync("bob", 5)).Select(given => given.Task.Id).ShouldBe(["t2"]);
    }

    [Fact]
    public async Task Assign_KeepsToTheOverlap()
    {
        await using var store = await WithTasksAsync(Made.Task("pair", overlap: 2), Made.Task("gold", overlap: 0));
        (await store.AssignAsync("ada", 5)).Select(given => given.Task.Id).ShouldBe(["pair", "gold"]);
        await store.AddVotesAsync([Made.Vote("pair", "ada")]);
        (await store.AssignAsync("bob", 5)).Select(given => given.Task.Id).ShouldBe(["pair", "gold"]);
        (await store.AssignAsync("cyd", 5)).Select(given => given.Task.Id).ShouldBe(["gold"]);

        // Bob passes: his place is free again, but not for him.
        await store.AddVotesAsync([Made.Vote("pair", "bob", Verdict.Skip)]);
        (await store.AssignAsync("bob", 5)).Select(given => given.Task.Id).ShouldBe(["gold"]);
        (await store.AssignAsync("cyd", 5)).Select(given => given.Task.Id).ShouldBe(["gold", "pair"]);
    }

    [Fact]
    public async Task AJudgesVote_TakesNobodysPlace()
    {
        await using var store = await WithTasksAsync(Made.Tasks(1));
        await store.AddVotesAsync([Made.Vote("t0", "judge:m") with { Origin = Vote.JudgeOrigin }]);
        (await store.AssignAsync("judge:m")).ShouldBeEmpty();
        (await store.AssignAsync("ada")).Count.ShouldBe(1);
        (await store.ProgressAsync()).Done.ShouldBe(0);
        await store.AddVotesAsync([Made.Vote("t0", "ada")]);
        (await store.ProgressAsync()).Done.ShouldBe(1);
        (await store.AssignAsync("bob")).ShouldBeEmpty();
        (await store.UndoAsync("judge:m", "t0/judge:m")).Status.ShouldBe(VoteStatus.Saved);
        (await store.ProgressAsync()).Done.ShouldBe(1);
    }

    [Fact]
    public async Task Assign_GoesToSomebodyElse_WhenTheTimeIsUp_AndALateVoteStands()
    {
        await using var store = await WithTasksAsync(Made.Tasks(1));
        await store.AssignAsync("ada");
        Clock.Now = Made.Noon.AddMinutes(59.9);
        (await store.AssignAsync("bob")).ShouldBeEmpty();
        Clock.Now = Made.Noon.AddMinutes(60);
        (await store.AssignAsync("bob")).Single().Task.Id.ShouldBe("t0");
        (await store.AssignAsync("ada")).ShouldBeEmpty();
        (await store.AddVotesAsync([Made.Vote("t0", "ada")])).Single().Status.ShouldBe(VoteStatus.Saved);
    }

    [Fact]
    public async Task Progress_Counts()
    {
        await using var store = await WithTasksAsync(Made.Task("a", overlap: 2), Made.Task("b"), Made.Task("c", overlap: 0));
        await store.AssignAsync("ada", 3);
        await store.AddVotesAsync(
        [
            Made.Vote("a", "ada"), Made.Vote("b", "ada", Verdict.Skip), Made.Vote("c", "bob", Verdict.Tie), Made.Vote("a", "eve") with { Adjudication = true, Id = "x" },
        ]);
        var progress = await store.ProgressAsync();
        (progress.Tasks, progress.Done, progress.Votes, progress.Skips, progress.Adjudications).ShouldBe((3, 1, 2, 1, 1));
        progress.Annotators.ShouldBe([new("ada", 1, 1, 1, 1), new("bob", 1, 0, 0, 2), new("eve", 0, 0, 0, 3)]);
    }

    [Fact]
    public async Task ManyAnnotatorsAtOnce_NeverShareMoreThanTheOverlap()
    {
        const int annotators = 20;
        await using var store = await WithTasksAsync(Made.Tasks(100, overlap: 3));
        await Task.WhenAll(Enumerable.Range(0, annotators).Select(i => Task.Run(async () =>
        {
            while (await store.AssignAsync($"a{i}", 2) is { Count: > 0 } given)
            {
                (await store.AddVotesAsync([.. given.Select(one => Made.Vote(one.Task.Id, $"a{i}"))])).ShouldAllBe(receipt => receipt.Status == VoteStatus.Saved);
            }
        })));

        var votes = await store.VotesAsync();
        votes.GroupBy(vote => vote.Task).Select(task => task.Count()).ShouldBe(Enumerable.Repeat(3, 100));
        votes.Select(vote => (vote.Task, vote.Annotator)).Distinct().Count().ShouldBe(300);
        (await store.ProgressAsync()).Done.ShouldBe(100);
    }
}
