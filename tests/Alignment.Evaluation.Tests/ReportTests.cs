using Alignment.Training.Statistics;
using Spectre.Console;

namespace Alignment.Evaluation.Tests;

public sealed class ReportTests
{
    private static readonly EvaluationOptions Options = new()
    {
        Models = new Dictionary<string, string> { ["sft"] = "a", ["d<p|o"] = "b" },
        Prompts = ["p.jsonl"],
    };

    private static readonly EvaluationResults Results = new(
        new Dictionary<string, ModelResults> { ["sft"] = Model(1.25), ["d<p|o"] = Model(1.5) }, new(new(0.8, 0.7, 0.9), 0.05), new Dictionary<string, double>());

    private static readonly ModelScores[] Models = [Scores("sft", "It is\nred."), Scores("d<p|o", "a | b <script>")];

    private static readonly EvaluationInputs Inputs = new(null!, [new("f:1", [5], []) { Text = "What colour?" }], [], [], null);

    [Fact]
    public void Markdown_OddNamesAndResponses_StayInTheirCells()
    {
        var text = MarkdownReport.Build(Results, Options, Inputs, Models);

        text.ShouldContain("| sft | 1.250 [1.240, 1.260] |");
        text.ShouldContain("| d&lt;p\\|o | 1.500");
        text.ShouldContain("| It is red. |");
        text.ShouldContain("| a \\| b &lt;script> … |");
        text.ShouldContain("- **KL**: Mean over responses of the log-probability under the model less that under sft");
        text.ShouldContain("accuracy 0.800 [0.700, 0.900]");
    }

    [Fact]
    public void Html_IsOneFileWithoutScripts()
    {
        var page = HtmlReport.Build(Results, Options, Inputs, Models);

        page.ShouldNotContain("<script");
        page.ShouldNotContain("http");
        page.ShouldContain("d&lt;p|o");
        page.Split("<svg").Length.ShouldBe(1 + ResultColumn.Of(Results).Count);
        page.ShouldContain("sft: 1.240 to 1.260");
    }

    [Fact]
    public void Table_HasARowForEachModel()
    {
        using var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });

        ResultTable.Show(Results, Options, console);

        var text = writer.ToString();
        text.ShouldContain("gold reward");
        text.ShouldContain("1.500");
        text.ShouldContain("[1.490, 1.510]");
        text.ShouldContain("KL: to sft");
        text.ShouldContain("accuracy 0.800 [0.700, 0.900]");
    }

    [Fact]
    public void Json_ReadBack_IsTheSameText()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(Path.Combine(folder.Path, EvaluationResults.FileName), Results.ToJson());

        EvaluationResults.Load(folder.Path).ToJson().ShouldBe(Results.ToJson());
    }

    private static ModelResults Model(double gold) =>
        new(new Interval(gold, gold - 0.01, gold + 0.01), null, new(0.5, 0.5, 0.5), new(0, 0, 0), 1, null, 7, new Dictionary<string, double> { ["polite"] = 0.5 }, new(0, 0, 0));

    private static ModelScores Scores(string name, string text) => new()
    {
        Name = name,
        Responses = new([[5, 3]], [!text.Contains('|')]),
        Texts = [text],
        LogProbs = [-1],
        ReferenceLogProbs = [-1],
    };
}
