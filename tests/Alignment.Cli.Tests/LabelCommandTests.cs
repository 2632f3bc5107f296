using System.Text.Json.Nodes;

namespace Alignment.Cli.Tests;

/// <summary><c>alignment label</c>: out, back, agreed on, and into preference rows.</summary>
public sealed class LabelCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("alignment-label-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private (int Code, string Output, string Error) Label(params string[] arguments) => Cli.RunIn(_folder, ["label", .. arguments]);

    [Fact]
    public void RoundTrip_FromCandidates_ToPreferences()
    {
        File.WriteAllLines(Path.Combine(_folder, "candidates.jsonl"), Enumerable.Range(0, 6).Select(i => $$"""{"prompt": "p{{i}}", "candidates": [{"text": "good {{i}}", "model": "new"}, {"text": "bad {{i}}", "model": "old"}]}"""));
        var (code, output, error) = Label("export", "--project", "labels", "--candidates", "candidates.jsonl", "--gold-share", "0", "--overlap", "2", "--to", "csv", "--to", "label-studio");
        (code, error).ShouldBe((0, ""), output);
        output.ShouldContain("6 new tasks (0 gold, 6 with overlap)");

        // Two annotators fill in the sheet: bob errs on the first task.
        var lines = File.ReadAllLines(Path.Combine(_folder, "labels", "export", "tasks.csv"));
        foreach (var name in new[] { "ada", "bob" })
        {
            File.WriteAllLines(Path.Combine(_folder, $"{name}.csv"), lines.Select((line, i) => i == 0 ? line : Filled(line, name, isWrong: name == "bob" && i == 1)));
        }

        Label("import", "--project", "labels", "ada.csv", "bob.csv").Output.ShouldContain("12 votes saved");
        var again = Label("import", "--project", "labels", "bob.csv", "--json", "import.json");
        again.Code.ShouldBe(0, again.Output + again.Error);
        JsonNode.Parse(File.ReadAllText(Path.Combine(_folder, "import.json")))!["repeated"]!.GetValue<int>().ShouldBe(6);

        Label("report", "--project", "labels", "--bootstrap", "50").Output.ShouldContain("Krippendorff's α");
        var report = JsonNode.Parse(File.ReadAllText(Path.Combine(_folder, "labels", "report", "report.json")))!;
        report["raw_agreement"]!["mean"]!.GetValue<double>().ShouldBe(5 / 6.0, 1e-9);
        File.ReadAllText(Path.Combine(_folder, "labels", "report", "report.html")).ShouldContain("</html>");

        var resolved = Label("resolve", "--project", "labels", "--output", "preferences.jsonl", "--adjudication", "split", "--adjudication-to", "csv");
        resolved.Output.ShouldContain("5 decided, 0 ties, 0 both bad, 1 split");
        File.ReadAllLines(Path.Combine(_folder, "preferences.jsonl")).Select(row => JsonNode.Parse(row)!["chosen"]!.GetValue<string>()[..4]).ShouldBe(["good", "good", "good", "good", "good"]);
        File.ReadAllLines(Path.Combine(_folder, "split", "tasks.csv")).Length.ShouldBe(2);
        Label("resolve", "--project", "labels", "--labels", "soft").Output.ShouldContain("6 rows");
    }

    [Fact]
    public void Bench_SaysHowLongAVoteTakes()
    {
        var (code, output, error) = Cli.RunIn(_folder, "bench", "label-store", "--folder", "bench", "--annotators", "3", "--votes", "40");
        (code, error).ShouldBe((0, ""), output);
        output.ShouldContain("40 votes by 3 annotators");
        output.ShouldContain("p99");
    }

    [Fact]
    public void BenchServe_KilledTwice_AccountsForEveryVote()
    {
        var (code, output, error) = Cli.RunIn(_folder, "bench", "label-serve", "--project", "stress", "--annotators", "8", "--votes", "240", "--overlap", "3", "--kills", "2");
        code.ShouldBe(0, output + error);
        output.ShouldContain("240 votes by 8 annotators");
        output.ShouldContain("killed 2 times");
        output.ShouldContain("acknowledged and lost: 0; doubled: 0; tasks above the overlap: 0; saved 240 of 240");
    }

    [Fact]
    public void Mistakes_SayWhatToDo()
    {
        Label("report", "--project", "none").Error.ShouldContain("alignment label export --project none");
        Label("report", "--project", "none").Code.ShouldBe(3);
        var (code, _, error) = Label("export", "--project", "labels", "--per-task", "1", "--overlap-share", "2");
        code.ShouldBe(2);
        error.ShouldContain("--per-task is 1");
        error.ShouldContain("--overlap-share is 2");
        Label("export", "--project", "labels", "--to", "excel").Error.ShouldContain("'excel' is no format");
    }

    [Fact]
    public void Import_OfUnknownTasks_EndsWithTwo_AndMakesThemWhenAsked()
    {
        File.WriteAllText(Path.Combine(_folder, "e.json"), """
            [{"id": 1, "data": {"prompt": "p", "answer1": "x", "answer2": "y"}, "annotations": [{"id": 2, "completed_by": 3, "created_at": "2026-01-01T00:00:00Z", "result": [{"type": "pairwise", "value": {"selected": "right"}}]}]}]
            """);
        Label("import", "--project", "labels", "e.json", "--new-tasks").Code.ShouldBe(0);
        File.WriteAllText(Path.Combine(_folder, "f.json"), File.ReadAllText(Path.Combine(_folder, "e.json")).Replace("\"id\": 1", "\"id\": 9"));
        var (code, output, _) = Label("import", "--project", "labels", "f.json");
        code.ShouldBe(2);
        output.ShouldContain("unknown_task");
    }

    // task,prompt,answer_1,answer_2,annotator,choice,strength,comment,seconds,at
    private static string Filled(string line, string annotator, bool isWrong)
    {
        var cells = line.Split(',');
        var good = cells[2].StartsWith("good", StringComparison.Ordinal) ? 1 : 2;
        (cells[4], cells[5]) = (annotator, $"{(isWrong ? 3 - good : good)}");
        return string.Join(',', cells);
    }
}
