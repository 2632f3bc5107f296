using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Alignment.Cli.Tests;

/// <summary>The stages of labelling in a pipeline, with a killed one among them.</summary>
public sealed class LabelStagesTests : IDisposable
{
    private const string Pipeline = """
        name: p
        stages:
          annotate:
            kind: label-annotate
            project: labels
            annotators: { ada: 0, bob: 0.2, cyd: 0.4 }
            rewards: [{ kind: phrase, phrases: [good] }]
          import: { kind: label-import, project: labels, votes: [stage:annotate/votes.jsonl] }
          report: { kind: label-report, project: stage:import/project, bootstrap: 50 }
          resolve: { kind: label-resolve, project: stage:import/project, labels: soft }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("alignment-label-stages-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void KilledInTheMiddle_AndAgain_GivesTheSameResults()
    {
        File.WriteAllLines(Inside("candidates.jsonl"), Enumerable.Range(0, 120).Select(i => $$"""{"prompt": "p{{i}}", "candidates": ["good {{i}}", "bad {{i}}"]}"""));
        Run("label", "export", "--project", "labels", "--candidates", "candidates.jsonl", "--gold-share", "0", "--overlap", "2");
        File.WriteAllText(Inside("p.yaml"), Pipeline);

        using (var stage = Process.Start(new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, "label-annotate", "--config", "p.yaml", "--run-dir", "killed"]) { WorkingDirectory = _folder, RedirectStandardOutput = true })!)
        {
            var journal = Inside("killed/annotate/work/votes.jsonl");
            while (!stage.HasExited && (!File.Exists(journal) || new FileInfo(journal).Length < 5_000))
            {
                Thread.Sleep(5);
            }

            stage.Kill();
            stage.WaitForExit();
        }

        File.Exists(Inside("killed/annotate/votes.jsonl")).ShouldBeFalse("it was to be killed before it was done");
        Run("run", "p.yaml", "--run-dir", "killed").ShouldContain("resume (interrupted)");
        Run("run", "p.yaml", "--run-dir", "whole");
        foreach (var result in new[] { "annotate/votes.jsonl", "import/project/votes.jsonl", "report/agreement.json", "resolve/preferences.jsonl" })
        {
            File.ReadAllText(Inside($"killed/{result}")).ShouldBe(File.ReadAllText(Inside($"whole/{result}")), result);
        }

        File.ReadAllLines(Inside("whole/annotate/votes.jsonl")).Length.ShouldBe(240);
        var report = JsonNode.Parse(File.ReadAllText(Inside("whole/report/agreement.json")))!;
        report["annotators"]!.AsArray().Select(one => (string)one!["annotator"]!).ShouldBe(["ada", "bob", "cyd"]);
        Run("run", "p.yaml", "--run-dir", "whole").ShouldContain("0 run, 4 up to date");
    }

    private string Inside(string name) => Path.Combine(_folder, name);

    private string Run(params string[] arguments)
    {
        var (code, output, error) = Cli.RunIn(_folder, arguments);
        code.ShouldBe(0, output + error);
        return output;
    }
}
