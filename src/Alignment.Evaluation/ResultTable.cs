using Spectre.Console;

namespace Alignment.Evaluation;

/// <summary>The table at the end of the stage.</summary>
internal static class ResultTable
{
    private const int WidthWithoutTerminal = 180;

    /// <summary>Shows the table.</summary>
    /// <param name="results">The results.</param>
    /// <param name="options">Names of baseline and reference.</param>
    /// <param name="console">Where; without a terminal behind it the lines are long rather than broken, and plain.</param>
    public static void Show(EvaluationResults results, EvaluationOptions options, IAnsiConsole console)
    {
        if (!console.Profile.Out.IsTerminal)
        {
            console.Profile.Width = WidthWithoutTerminal;
            console.Profile.Capabilities.Ansi = false;
        }

        var columns = ResultColumn.Of(results).Where(column => !column.Key.Contains('/')).ToList();
        var table = new Table().Border(TableBorder.Rounded).AddColumn(new TableColumn("model").NoWrap());
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(Markup.Escape(column.Title)).RightAligned().NoWrap());
        }

        foreach (var (name, model) in results.Models)
        {
            table.AddRow([new Markup($"[bold]{Markup.Escape(name)}[/]"), .. columns.Select(column => new Markup($"{column.Number(model)}\n[dim]{Markup.Escape(column.Range(model))}[/]"))]);
        }

        console.Write(table);
        console.WriteLine($"gain, win rate: against {options.Baseline}; KL: to {options.Reference}; in brackets 95 % intervals over prompts");
        if (results.RewardModel is { } rewardModel)
        {
            console.WriteLine(FormattableString.Invariant(
                $"reward model on held-out pairs: accuracy {rewardModel.Accuracy.Mean:0.000} [{rewardModel.Accuracy.Low:0.000}, {rewardModel.Accuracy.High:0.000}], calibration error {rewardModel.Ece:0.000}"));
        }
    }
}
