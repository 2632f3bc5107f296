using Alignment.Data.Formats;
using Alignment.Data.Rows;
using Alignment.Labeling.Agreement;
using Alignment.Labeling.Formats;
using Alignment.Labeling.Resolution;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Tests.Resolution;

public class ResolverTests
{
    private static readonly ResolutionOptions Hard = new();
    private static readonly ResolutionOptions Soft = new() { Labels = LabelKind.Soft };

    // One letter a vote: 0 to 9 chooses a candidate, t is a tie, b both bad, s a skip.
    private static VotedTask Voted(string votes, string id = "t", int candidates = 2, Verdict? gold = null) => VotedTask.Join(
        [Made.Task(id, candidates: candidates) with { Gold = gold }],
        votes.Select((letter, i) => Made.Vote(id, $"a{i}", letter switch { 't' => Verdict.Tie, 'b' => Verdict.BothBad, 's' => Verdict.Skip, _ => Verdict.Of(letter - '0') }))).Single();

    private static ResolvedTask Resolve(VotedTask task, ResolutionOptions options) => Resolver.Resolve([task], options).Single();

    [Theory]
    [InlineData("001", TaskOutcome.Decided)]
    [InlineData("0", TaskOutcome.Decided)]
    [InlineData("0s", TaskOutcome.Decided)]
    [InlineData("01", TaskOutcome.Split)]
    [InlineData("0t", TaskOutcome.Split)]
    [InlineData("tt0", TaskOutcome.Tie)]
    [InlineData("bb0", TaskOutcome.BothBad)]
    [InlineData("s", TaskOutcome.Open)]
    [InlineData("", TaskOutcome.Open)]
    public void Majority_NeedsMoreThanAnyOther(string votes, TaskOutcome outcome) => Resolve(Voted(votes), Hard).Outcome.ShouldBe(outcome);

    [Fact]
    public void MinVotes_AndMinShare_AskForMore()
    {
        Resolve(Voted("00"), Hard with { MinVotes = 3 }).Outcome.ShouldBe(TaskOutcome.Open);
        Resolve(Voted("001"), Hard with { MinShare = 0.7 }).Outcome.ShouldBe(TaskOutcome.Split);
        Resolve(Voted("001"), Hard with { MinShare = 0.6 }).Outcome.ShouldBe(TaskOutcome.Decided);
    }

    [Fact]
    public void AnAdjudication_Decides()
    {
        var task = Voted("01") with { Settled = Made.Vote("t", "judge", Verdict.Of(1)) with { Adjudication = true } };
        var resolved = Resolve(task, Soft);
        (resolved.Outcome, resolved.Winner).ShouldBe((TaskOutcome.Decided, 1));
        PreferenceRows.Of(resolved, Soft).Single()["label"]!.GetValue<double>().ShouldBe(1);
    }

    [Theory] // (votes for the winner + half of the ties and both bads) / votes
    [InlineData("001", 2 / 3.0, "answer 0 of t")]
    [InlineData("1110t", 3.5 / 5, "answer 1 of t")]
    [InlineData("11b", 2.5 / 3, "answer 1 of t")]
    [InlineData("01", 0.5, "answer 0 of t")]
    [InlineData("tt1", 2 / 3.0, "answer 1 of t")]
    public void SoftLabels_AreTheShareOfTheVotes(string votes, double label, string chosen)
    {
        var row = PreferenceRows.Of(Resolve(Voted(votes), Soft), Soft).Single();
        row["label"]!.GetValue<double>().ShouldBe(label, 1e-6);
        row["chosen"]!.GetValue<string>().ShouldBe(chosen);
    }

    [Fact]
    public void HardRows_AreOne_TiesAHalf_SplitsNone()
    {
        double[] Labels(string votes, ResolutionOptions options) => [.. PreferenceRows.Of(Resolve(Voted(votes), options), options).Select(row => row["label"]!.GetValue<double>())];
        Labels("001", Hard).ShouldBe([1]);
        Labels("tt0", Hard).ShouldBe([0.5]);
        Labels("tt0", Hard with { Ties = false }).ShouldBeEmpty();
        Labels("01", Hard).ShouldBeEmpty();
        Labels("bb", Hard).ShouldBeEmpty();
        Labels("bb", Soft).ShouldBeEmpty();
        Labels("01", Soft with { Ties = false }).ShouldBeEmpty();
    }

    [Fact]
    public void KCandidates_GiveARowForEachLoser()
    {
        // Of four votes two for candidate 2, one each for 0 and 1: P(2 over 0) = 2/3, P(2 over 3) = 1.
        var rows = PreferenceRows.Of(Resolve(Voted("2201", candidates: 4), Soft), Soft).ToList();
        rows.Select(row => row["rejected"]!.GetValue<string>()).ShouldBe(["answer 0 of t", "answer 1 of t", "answer 3 of t"]);
        rows.Select(row => Math.Round(row["label"]!.GetValue<double>(), 3)).ShouldBe([0.667, 0.667, 1]);
        rows.Select(row => row["id"]!.GetValue<string>()).Distinct().Count().ShouldBe(3);
    }

    // Rankings of three candidates, one text an annotator: "201" is 2, then 0, then 1; one letter is a vote without a ranking.
    private static VotedTask Ranked(params string[] votes) => VotedTask.Join(
        [Made.Task("t", candidates: 3)],
        votes.Select((text, i) => Made.Vote("t", $"a{i}", text switch { "t" => Verdict.Tie, "b" => Verdict.BothBad, _ => Verdict.Of(text[0] - '0') }) with
        {
            Ranking = text.Length == 3 ? [.. text.Select(letter => letter - '0')] : null,
        })).Single();

    private static List<(string Id, double Label)> Rows(ResolvedTask task, ResolutionOptions options) =>
        [.. PreferenceRows.Of(task, options).Select(row => (row["id"]!.GetValue<string>(), Math.Round(row["label"]!.GetValue<double>(), 3)))];

    [Fact]
    public void ARanking_GivesEveryPair()
    {
        Rows(Resolve(Ranked("201"), Hard), Hard).ShouldBe([("t#0-1", 1), ("t#2-0", 1), ("t#2-1", 1)]);
        var rows = PreferenceRows.Of(Resolve(Ranked("201"), Hard), Hard).ToList();
        rows.Select(row => row["chosen"]!.GetValue<string>()[..8]).ShouldBe(["answer 0", "answer 2", "answer 2"]);
        rows[0]["meta"]!["votes"]![0]!["choice"]!.GetValue<string>().ShouldBe("chosen");
    }

    [Fact]
    public void Rankings_GiveSoftSharesPerPair()
    {
        // 0 over 1: three of four. 0 over 2: a1 has 2 first, so three of four; 1 over 2: a0 and a2 against a1 and a3.
        Rows(Resolve(Ranked("012", "201", "012", "021"), Soft), Soft).ShouldBe([("t#0-1", 1), ("t#0-2", 0.75), ("t#1-2", 0.5)]);
        Rows(Resolve(Ranked("012", "201", "012", "021"), Soft), Soft with { Ties = false }).ShouldBe([("t#0-1", 1), ("t#0-2", 0.75)]);
        Rows(Resolve(Ranked("012", "201", "012", "021"), Hard), Hard).ShouldBe([("t#0-1", 1), ("t#0-2", 1)]);

        // A choice says nothing of the pair of the others; a tie is half for either: 0 over 1 (1 + 1 + ½)/3, 1 over 2 (1 + ½)/2.
        Rows(Resolve(Ranked("012", "0", "t"), Soft), Soft).ShouldBe([("t#0-1", 0.833), ("t#0-2", 0.833), ("t#1-2", 0.75)]);
    }

    [Fact]
    public void SplitRankings_GiveSoftRowsOnly_AnAdjudicationDecides()
    {
        var split = Ranked("012", "102");
        var resolved = Resolve(split, Soft);
        resolved.Outcome.ShouldBe(TaskOutcome.Split);
        Rows(resolved, Soft).ShouldBe([("t#0-1", 0.5), ("t#0-2", 1), ("t#1-2", 1)]);
        Rows(Resolve(split, Hard), Hard).ShouldBeEmpty();
        Rows(Resolve(Ranked("b", "b", "012"), Soft), Soft).ShouldBeEmpty();
        var settled = split with { Settled = Made.Vote("t", "eve", Verdict.Of(1)) with { Ranking = [1, 2, 0], Adjudication = true } };
        Rows(Resolve(settled, Hard), Hard).ShouldBe([("t#2-0", 1), ("t#1-0", 1), ("t#1-2", 1)], ignoreOrder: true);
        Rows(Resolve(split with { Settled = settled.Settled! with { Ranking = null } }, Soft), Soft).ShouldBe([("t#1-0", 1), ("t#1-2", 1)]);
    }

    [Fact]
    public void DawidSkene_TakesPairsOfRankingsAsUnits()
    {
        // a0 and a1 always say the same; a2 says the reverse: its votes count for the other side.
        VotedTask[] tasks = [.. Enumerable.Range(0, 6).Select(i => i % 2 == 0 ? Ranked("012", "012", "210") : Ranked("210", "210", "012")), Voted("0", "pair")];
        var resolved = Resolver.Resolve(tasks, Soft with { Method = ResolutionMethod.DawidSkene });
        resolved[0].Preference(0, 1).ShouldBe(1, 1e-6);
        resolved[0].Preference(2, 1).ShouldBe(0, 1e-6);
        resolved[^1].Pairs.ShouldBeNull();
        Rows(resolved[0], Soft).ShouldBe([("t#0-1", 1), ("t#0-2", 1), ("t#1-2", 1)]);
    }

    [Fact]
    public void GoldTasks_AndBlankAnswers_GiveNoRows()
    {
        var gold = Resolve(Voted("00", gold: Verdict.Of(0)), Hard);
        PreferenceRows.Of(gold, Hard).ShouldBeEmpty();
        PreferenceRows.Of(gold, Hard with { Gold = true }).Count().ShouldBe(1);
        var task = Voted("00");
        var blank = task with { Task = task.Task with { Candidates = [task.Task.Candidates[0], new(" ")] } };
        PreferenceRows.Of(Resolve(blank, Hard), Hard).ShouldBeEmpty();
    }

    [Fact]
    public void Rows_AreReadByTheStages()
    {
        using var folder = new TemporaryFolder();
        var chat = Voted("0t") with { Task = Made.Task("t") with { Prompt = new Message[] { new("user", "hi") } } };
        var path = folder.File("out/preferences.jsonl");
        ResolutionFiles.Write(path, Resolver.Resolve([chat, Voted("110", "u")], Soft with { MinShare = 0 }), Soft, openAi: false).ShouldBe(2);
        var rows = new RowReader(RowTypes.Preference).Read(path).Cast<PreferenceRow>().ToList();
        rows[0].Prompt.ShouldBe((Content)new Message[] { new("user", "hi") });
        rows[0].Chosen.ShouldBe((Content)new Message[] { new("assistant", "answer 0 of t") });
        rows.Select(row => row.Label).ShouldBe([0.75, 2 / 3.0], 1e-6);
        rows[1].Columns["meta"]!["votes"]!.AsArray().Select(vote => vote!["choice"]!.GetValue<string>()).ShouldBe(["chosen", "chosen", "rejected"]);
    }

    [Fact]
    public void OpenAiRows_HaveASideFile_ByTheHashOfTheLine()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("pairs.jsonl");
        ResolutionFiles.Write(path, Resolver.Resolve([Voted("001"), Voted("tt", "u")], Hard), Hard, openAi: true).ShouldBe(1);
        ExchangeFormats.Of(path).ShouldBe(ExchangeFormat.Openai);
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path).AsSpan()[..^1]));
        var side = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(folder.File("pairs.side.jsonl")))!;
        (side["line_sha256"]!.GetValue<string>(), side["id"]!.GetValue<string>()).ShouldBe((hash, "t"));
    }

    [Fact]
    public void Weighted_FollowsWhoAnswersGoldRight()
    {
        // a0 answers ten gold tasks right, a1 and a2 five of ten: (10 + 2·2/3) / 12 = 0.944 and (5 + 2·2/3) / 12 = 0.528, weights ln 17 = 2.83 and ln 1.118 = 0.11.
        VotedTask[] gold = [.. Enumerable.Range(0, 10).Select(i => Voted(i < 5 ? "000" : "011", $"g{i}", gold: Verdict.Of(0)))];
        var all = Resolver.Resolve([.. gold, Voted("011", "x")], Hard with { Method = ResolutionMethod.Weighted });
        (all[^1].Outcome, all[^1].Winner).ShouldBe((TaskOutcome.Decided, 0));
        var weights = GoldWeights.Of(gold);
        weights.Accuracy("a0").ShouldBe(0.9444, 1e-4);
        weights.Weight("a0", 2).ShouldBe(Math.Log(17), 1e-9);
        weights.Weight("a1", 2).ShouldBe(0.1112, 1e-4);
        weights.Accuracy("stranger").ShouldBe(2 / 3.0, 1e-12);
        Should.Throw<InvalidDataException>(() => Resolver.Resolve([Voted("0")], Hard with { Method = ResolutionMethod.Weighted })).Message.ShouldContain("gold");
    }

    [Fact]
    public void DawidSkene_GivesProbabilities_AlsoForTasksWithFewerCandidates()
    {
        VotedTask[] tasks = [Voted("000", "a"), Voted("111", "b"), Voted("011", "c"), Voted("222", "d", candidates: 3), Voted("", "e"), Voted("1ss", "f")];
        var resolved = Resolver.Resolve(tasks, Soft with { Method = ResolutionMethod.DawidSkene });
        resolved.Select(task => task.Shares.Count).ShouldBe([4, 4, 4, 5, 4, 4]);
        resolved.Where(task => task.Outcome != TaskOutcome.Open).ShouldAllBe(task => Math.Abs(task.Shares.Sum() - 1) < 1e-9);
        resolved.Select(task => task.Outcome).ShouldBe([.. Enumerable.Repeat(TaskOutcome.Decided, 4), TaskOutcome.Open, TaskOutcome.Decided]);
        resolved[3].Winner.ShouldBe(2);
    }
}
