using System.Text.Json.Nodes;
using Alignment.Labeling.Agreement;
using Alignment.Labeling.Formats;
using Alignment.Labeling.Reports;
using Alignment.Labeling.Tasks;
using Alignment.Labeling.Votes;
using Spectre.Console;

namespace Alignment.Labeling.Tests.Reports;

public class AgreementReportsTests
{
    private static readonly Resampling Few = new(Seed: 1, Count: 100);

    /// <summary>Tasks on which the annotators say what a function says: annotator and task's number to a verdict.</summary>
    private static AgreementReport Report(int tasks, string[] annotators, Func<string, int, Verdict> verdict, Func<int, LabelTask, LabelTask>? change = null, int[]? shown = null)
    {
        LabelTask[] all = [.. Enumerable.Range(0, tasks).Select(i => change is null ? Made.Task($"t{i}") : change(i, Made.Task($"t{i}")))];
        var votes = all.SelectMany((task, i) => annotators.Select(name => Made.Vote(task.Id, name, verdict(name, i)) with
        {
            At = Made.Noon.AddMinutes(i),
            Seconds = i,
            Shown = shown ?? SideOrder.Of(1, task.Id, name, task.Candidates.Count),
        }));
        return AgreementReports.Of("project", VotedTask.Join(all, votes), Few);
    }

    [Fact]
    public void Counts_AndCoefficients()
    {
        // Task 0: both 0. Task 1: both 1. Task 2: 0 and tie. Task 3: a skip leaves one vote.
        string[] ada = ["0", "1", "0", "0"], bob = ["0", "1", "tie", "skip"];
        var report = Report(4, ["ada", "bob"], (name, i) => Verdict.TryParse((name == "ada" ? ada : bob)[i], out var verdict) ? verdict : default);
        (report.Tasks, report.VotedTasks, report.Votes, report.Skips, report.Ties, report.BothBad, report.SplitTasks).ShouldBe((4, 4, 7, 1, 1, 0, 1));
        report.Overlap.ShouldBe(new Dictionary<int, int> { [1] = 1, [2] = 3 });
        report.RawAgreement!.Value.Mean.ShouldBe(2 / 3.0, 1e-12);
        // p_e = 2/3 · 1/3 + 1/3 · 1/3 = 1/3; κ = (2/3 − 1/3) / (1 − 1/3) = 1/2
        report.CohenKappa!.Value.Mean.ShouldBe(0.5, 1e-12);
        report.CohenPairs.Single().Tasks.ShouldBe(3);
        (report.FleissKappa.Raters, report.FleissKappa.Tasks).ShouldBe((2, 3));
    }

    [Fact]
    public void Annotators_AreComparedWithTheOthers_AndWithGold()
    {
        var report = Report(10, ["ada", "bob", "cyd"], (name, i) => Verdict.Of(name == "cyd" && i < 4 ? 1 : 0), (i, task) => i < 5 ? task with { Gold = Verdict.Of(0) } : task);
        var cyd = report.Annotators.Single(one => one.Annotator == "cyd");
        (cyd.Majority!.Value.Mean, cyd.MajorityTasks).ShouldBe((0.6, 10));
        (cyd.Gold!.Value.Mean, cyd.GoldTasks).ShouldBe((0.2, 5));
        (cyd.Early!.Value.Mean, cyd.Late!.Value.Mean).ShouldBe((0.2, 1));
        (cyd.MedianSeconds, cyd.EarlySeconds, cyd.LateSeconds).ShouldBe((4.5, 2.0, 7.0));
        cyd.Course.Select(point => (point.Vote, point.Agreement)).ShouldBe(Enumerable.Range(1, 10).Select(i => (i, i <= 4 ? 0.0 : 1)));

        // Without ada there is no majority where bob and cyd differ.
        report.Annotators.Single(one => one.Annotator == "ada").MajorityTasks.ShouldBe(6);
        report.GoldTasks.ShouldBe(5);
    }

    [Fact]
    public void SomebodyWhoAlwaysChoosesTheLeft_IsNoticed()
    {
        var report = Report(60, ["ada", "left"], (name, i) => Verdict.Of(name == "left" ? SideOrder.Of(1, $"t{i}", name, 2)[0] : i * i % 7 % 2));
        var left = report.Annotators.Single(one => one.Annotator == "left");
        (left.Left.Share!.Value.Mean, left.LongestRun, left.MostUsedPlace, left.PlaceEntropy, left.StraightLined).ShouldBe((1.0, 60, 1.0, 0.0, true));
        report.Annotators.Single(one => one.Annotator == "ada").StraightLined.ShouldBeFalse();
        report.Notes.ShouldContain(note => note.StartsWith("left chose the same place 60 times in a row", StringComparison.Ordinal));
    }

    [Fact]
    public void LongerAnswers_AreCounted_WhereOneIsLongest()
    {
        var report = Report(8, ["ada"], (_, i) => Verdict.Of(i < 6 ? 0 : 1), (i, task) => i == 0 ? task : task with { Candidates = [new("long answer"), new("short")] });
        report.Longer.Choices.ShouldBe(7); // task 0's answers are equally long
        report.Longer.Share!.Value.Mean.ShouldBe(5 / 7.0, 1e-12);
    }

    [Fact]
    public void Models_AreRanked_TiesAreHalf()
    {
        // "good" wins 30 of 40 against "bad" and ties 4: (30 + 2) / 40 = 0.8, odds of 4: 400·log10(4) = 241 points apart.
        var report = Report(40, ["ada"], (_, i) => i < 30 ? Verdict.Of(0) : i < 34 ? Verdict.Tie : Verdict.Of(1),
            (_, task) => task with { Candidates = [task.Candidates[0] with { Model = "good" }, task.Candidates[1] with { Model = "bad" }] });
        report.Models.Select(model => (model.Model, model.Comparisons, Math.Round(model.WinRate, 6))).ShouldBe([("good", 40, 0.8), ("bad", 40, 0.2)]);
        (report.Models[0].Elo!.Value.Mean - report.Models[1].Elo!.Value.Mean).ShouldBe(241, 2);
        report.Models[0].Elo!.Value.Low.ShouldBeGreaterThan(1000);
    }

    [Fact]
    public void Rankings_CountEveryPairOnce_AsOneVoteTogether()
    {
        // 0 over 1 over 2 ten times: three pairs of a third of a vote each. Model 1 wins one pair of two.
        LabelTask[] tasks = [.. Enumerable.Range(0, 10).Select(i => Made.Task($"t{i}", candidates: 3))];
        var votes = tasks.SelectMany(task => new[] { "ada", "bob" }.Select(name => Made.Vote(task.Id, name) with { Ranking = name == "ada" ? [0, 1, 2] : [0, 2, 1] }));
        var report = AgreementReports.Of("project", VotedTask.Join(tasks, votes), Few);
        report.Models.Select(model => (model.Model, model.Comparisons, Math.Round(model.WinRate, 6))).ShouldBe([("model-0", 20, 1.0), ("model-1", 20, 0.25), ("model-2", 20, 0.25)], ignoreOrder: true);
        report.Kendall.Tasks.ShouldBe(10);
        report.Kendall.Tau!.Value.Mean.ShouldBe(1 / 3.0, 1e-12);
        report.RawAgreement!.Value.Mean.ShouldBe(1); // of the best
        HtmlReport.Build(report).ShouldContain("Kendall&#39;s τ");
    }

    [Fact]
    public void NoVotes_AndNoOverlap_AreSaid()
    {
        Report(2, [], (_, _) => Verdict.Tie).Notes.Single().ShouldBe("There are no votes yet.");
        Report(2, ["ada"], (_, _) => Verdict.Of(0)).Notes.ShouldContain(note => note.Contains("overlap share"));
    }

    [Fact]
    public void Page_IsSelfContained_AndSafe()
    {
        var report = Report(30, ["ada", "<script>alert(1)</script>"], (name, i) => Verdict.Of((i + name.Length) % 2));
        var page = HtmlReport.Build(report with { Project = "<img src=x>" });
        page.ShouldNotContain("<script");
        page.ShouldNotContain("<img");
        page.ShouldNotContain("http");
        page.ShouldContain("&lt;script&gt;alert(1)&lt;/script&gt;");
        page.ShouldContain("Krippendorff&#39;s α");
        System.Xml.Linq.XDocument.Parse(page[page.IndexOf("<svg", StringComparison.Ordinal)..(page.IndexOf("</svg>", StringComparison.Ordinal) + 6)]);
    }

    [Fact]
    public void Console_AndJson_HoldTheNumbers()
    {
        var report = Report(20, ["ada", "[bold]bob[/]"], (name, i) => Verdict.Of(i % 2));
        var text = new StringWriter();
        ConsoleReport.Write(report, AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text), Ansi = AnsiSupport.No }));
        text.ToString().ShouldContain("[bold]bob[/]");
        text.ToString().ShouldContain("1.000");
        var json = JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(report, LabelJson.Indented))!;
        json["alpha_nominal"]!["mean"]!.GetValue<double>().ShouldBe(1);
        json["annotators"]!.AsArray().Count.ShouldBe(2);
    }
}
