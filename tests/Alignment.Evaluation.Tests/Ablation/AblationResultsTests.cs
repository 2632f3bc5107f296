using Alignment.Data;
using Alignment.Evaluation.Ablation;

namespace Alignment.Evaluation.Tests.Ablation;

public sealed class AblationResultsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ablation-").FullName;

    public AblationResultsTests()
    {
        // Two tasks: 'a' in two templates of two rows each, 'b' in one of two rows and three choices.
        Write("held_out.jsonl", Row("a", 0, 2), Row("a", 0, 2), Row("a", 1, 2), Row("a", 1, 2), Row("b", 0, 3), Row("b", 0, 3));
        Write("choices.jsonl", Verdict(1, true, true), Verdict(2, false, true), Verdict(3, false, true), Verdict(4, false, false), Verdict(5, false, true), Verdict(6, true, true));
    }

    private AblationStageOptions Options => new()
    {
        Choices = At("choices.jsonl"),
        HeldOut = [At("held_out.jsonl")],
        Models = new Dictionary<string, int> { ["few"] = 1, ["many"] = 3 },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Of_Verdicts_AreAveragedOverTemplatesAndTasks()
    {
        var results = AblationResults.Of(Options);

        // few: a = (½ + 0)/2 = ¼, its best ½; b = ½. many: a = (1 + ½)/2 = ¾, its best 1; b = 1.
        results.Scores.Select(score => (score.Model, score.Mean, score.Best)).ShouldBe([("few", 0.375, 0.5), ("many", 0.875, 1.0)]);
        results.Scores[0].Tasks.ShouldBe(new Dictionary<string, double> { ["a"] = 0.25, ["b"] = 0.5 });
        results.Chance.ShouldBe((0.5 + (1.0 / 3)) / 2, 1e-12);
        results.Rows.ShouldBe(6);
    }

    [Fact]
    public void ToMarkdown_OneLineForEachNumberOfClusters()
    {
        Write("choices.jsonl", """{"row": "ROOT/held_out.jsonl:1", "right": {"many": true, "few": false, "again": true}}""");
        var text = AblationResults.Of(Options with { Models = new Dictionary<string, int> { ["many"] = 3, ["few"] = 3, ["again"] = 0 } }).ToMarkdown();

        text.ShouldContain("| clusters | models | mean over templates | best template | a |\n");
        text.ShouldContain("| 0 | 1 | 1.000 | 1.000 | 1.000 |\n| 3 | 2 | 0.500 [0.000, 1.000] | 0.500 [0.000, 1.000] | 0.500 |\n");
    }

    [Fact]
    public void Draw_Results_IsOneFileThatShowsEveryModel()
    {
        var svg = AblationPlot.Draw(AblationResults.Of(Options));

        System.Xml.Linq.XDocument.Parse(svg).Root!.Name.LocalName.ShouldBe("svg");
        svg.Split("<circle").Length.ShouldBe(1 + 4, "two models, two lines");
        svg.ShouldContain("<title>many: 0.875</title>");
    }

    [Fact]
    public void Of_FilesThatDoNotBelongTogether_AreRefused()
    {
        Should.Throw<InvalidDataException>(() => AblationResults.Of(Options with { Models = new Dictionary<string, int> { ["few"] = 1, ["other"] = 2 } })).Message
            .ShouldEndWith("has no verdict on model 'other'; its models are few, many");
        Write("held_out.jsonl", Row("a", 0, 2));
        Should.Throw<DataFormatException>(() => AblationResults.Of(Options)).Message.ShouldContain("held_out.jsonl:2: the evaluation knows this row, held_out does not");
        Write("held_out.jsonl", """{"prompt": "p", "choices": ["a", "b"], "choice": 0}""");
        Should.Throw<DataFormatException>(() => AblationResults.Of(Options)).Message.ShouldContain("held_out.jsonl:1: there is no column 'task'");
        Write("choices.jsonl", "{}");
        Write("held_out.jsonl", Row("a", 0, 2));
        Should.Throw<InvalidDataException>(() => AblationResults.Of(Options)).Message.ShouldContain("choices.jsonl:1: no line of an evaluation's choices.jsonl");
    }

    [Fact]
    public void Problems_Options_AreSaid()
    {
        Options.Problems().ShouldBeEmpty();
        (Options with { HeldOut = [] }).Problems().Single().ShouldStartWith("held_out is empty");
        (Options with { Models = new Dictionary<string, int> { ["a"] = 1 } }).Problems().Single().ShouldStartWith("models must hold at least two different numbers");
        (Options with { Models = new Dictionary<string, int> { ["a"] = 1, ["b"] = -1 } }).Problems().Single().ShouldStartWith("models.b is -1");
    }

    private static string Row(string task, int template, int choices) =>
        $$"""{"prompt": "p", "choices": [{{string.Join(", ", Enumerable.Range(0, choices).Select(i => $"\"{i}\""))}}], "choice": 0, "task": "{{task}}", "template": {{template}}}""";

    private static string Verdict(int row, bool few, bool many) =>
        $$"""{"row": "ROOT/held_out.jsonl:{{row}}", "right": {"few": {{(few ? "true" : "false")}}, "many": {{(many ? "true" : "false")}} } }""";

    private string At(string name) => Path.Combine(_folder, name);

    private void Write(string name, params string[] lines) => File.WriteAllLines(At(name), lines.Select(line => line.Replace("ROOT", _folder, StringComparison.Ordinal)));
}
