using System.Text.Json.Nodes;

namespace Alignment.Cli.Tests;

public sealed class DataBuildInstructionsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("alignment-cli-").FullName;

    public DataBuildInstructionsTests()
    {
        Write("homes.jsonl", string.Concat(Enumerable.Range(0, 20).Select(i => $$"""{"who": "p{{i}}", "town": "{{(i % 2 == 0 ? "Brook" : "Alden")}}"}""" + "\n")));
        Write("jobs.jsonl", string.Concat(Enumerable.Range(0, 20).Select(i => $$"""{"who": "q{{i}}", "job": "{{(i % 3 == 0 ? "pilot" : "baker")}}"}""" + "\n")));
        Write("tasks.yaml", """
            seed: 3
            held_out: [work]
            held_out_rows: 5
            tasks:
              home: { files: [homes.jsonl], answer: town, templates: ["Where does {who} live?", "Name the town of {who}."] }
              job: { files: [jobs.jsonl], cluster: work, answer: job, infer_options: 5, templates: ["What is the job of {who}? {options}"] }

            """);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Build_Tasks_WritesRowsReportAndTable()
    {
        var (code, output, error) = Run("--output", "out");

        error.ShouldBeEmpty();
        code.ShouldBe(0);
        Directory.GetFiles(At("out")).Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe(["held_out.jsonl", "report.json", "train.jsonl"]);
        output.ShouldContain("job: 5 of 20 usable rows, the most that are drawn from\n");
        output.ShouldContain("20 rows to train on, 5 held-out rows -> out (");
        var report = JsonNode.Parse(File.ReadAllText(At("out/report.json")))!;
        report["seed"]!.GetValue<long>().ShouldBe(3);
        report["tasks"]!["home"]!["rows"]!.GetValue<int>().ShouldBe(20);

        var before = File.ReadAllBytes(At("out/train.jsonl"));
        Run("--output", "out").Code.ShouldBe(0, "its own folder is replaced");
        File.ReadAllBytes(At("out/train.jsonl")).ShouldBe(before);
        Run("--output", "out", "--seed", "4").Code.ShouldBe(0);
        File.ReadAllBytes(At("out/train.jsonl")).ShouldNotBe(before);
    }

    [Fact]
    public void Build_WrongOptions_AreSaidWithTheirLines()
    {
        Write("tasks.yaml", """
            cap: 0
            tasks:
              home:
                files: [homes.jsonl]
                tempaltes: ["x"]
              job:
                files: [jobs.jsonl]
                templates: ["{who"]

            """);
        var (code, _, error) = Run("--output", "out");

        code.ShouldBe(2);
        error.ShouldContain("tasks.yaml:5: unknown option 'tasks.home.tempaltes'; did you mean 'templates'?");
        error.ShouldContain("tasks.yaml:8: tasks.job.templates[0] has a '{' without a '}' behind it; write '{{' for a brace");
        Directory.Exists(At("out")).ShouldBeFalse();
    }

    [Fact]
    public void Build_OptionsThatTheDataRefuses_AreSaidWithTheirLinesAndNothingIsWritten()
    {
        Run("--output", "out").Code.ShouldBe(0);
        var before = File.ReadAllBytes(At("out/train.jsonl"));
        Write("tasks.yaml", """
            held_out: [play]
            tasks:
              home:
                files: [homes.jsonl]
                answer: town
                templates:
                  - "Where does {who} live?"
                  - "Where does {whom} live?"

            """);
        var (code, _, error) = Run("--output", "out");

        code.ShouldBe(2);
        error.ShouldContain("tasks.yaml:1: held_out[0] is 'play', which no task belongs to; clusters: home");
        error.ShouldContain("tasks.yaml:8: tasks.home.templates[1] names the column 'whom', which the first rows of homes.jsonl do not have; columns: who, town");
        File.ReadAllBytes(At("out/train.jsonl")).ShouldBe(before, "the old folder stays");
        Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe(["homes.jsonl", "jobs.jsonl", "out", "tasks.yaml"]);
    }

    [Fact]
    public void Build_FolderOfSomebodyElse_IsNotReplaced()
    {
        Write("mine/letter.txt", "keep me");
        var (code, _, error) = Run("--output", "mine");

        code.ShouldBe(2);
        error.ShouldContain("--output mine is there already and was not made by this command");
        File.Exists(At("mine/letter.txt")).ShouldBeTrue();
    }

    [Fact]
    public void RunPipeline_InstructionsStage_RunsThenIsSkippedAndWantsItsFilesNamed()
    {
        Write("p.yaml", "name: demo\nstages: { build: { kind: instructions, tasks: tasks.yaml, data: [homes.jsonl, jobs.jsonl] } }\n");
        var (code, output, error) = Cli.RunIn(_folder, "run", "p.yaml");
        code.ShouldBe(0, output + error);
        File.Exists(At("runs/demo/build/data/train.jsonl")).ShouldBeTrue();
        Cli.RunIn(_folder, "run", "p.yaml", "--dry-run").Output.ShouldContain("build (instructions): skip");

        (code, _, error) = Cli.RunIn(_folder, "run", "p.yaml", "--set", "build.data=[homes.jsonl]");
        code.ShouldBe(4);
        error.ShouldContain("tasks.yaml: reads jobs.jsonl, which the stage's data does not name");
    }

    private string At(string name) => Path.Combine(_folder, name);

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        File.WriteAllText(At(name), text);
    }

    private (int Code, string Output, string Error) Run(params string[] arguments) => Cli.RunIn(_folder, ["data", "build-instructions", "tasks.yaml", .. arguments]);
}
