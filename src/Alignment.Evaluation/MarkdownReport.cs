using System.Text;
using Alignment.Evaluation.OverOptimization;

namespace Alignment.Evaluation;

/// <summary><c>report.md</c>: the table, what its columns say, and a few responses side by side.</summary>
internal static class MarkdownReport
{
    /// <summary>The file's name in the stage's folder.</summary>
    public const string FileName = "report.md";

    /// <summary>The file's text.</summary>
    /// <param name="results">The numbers.</param>
    /// <param name="options">Names of baseline and reference.</param>
    /// <param name="inputs">The prompts.</param>
    /// <param name="models">The models' responses.</param>
    public static string Build(EvaluationResults results, EvaluationOptions options, EvaluationInputs inputs, IReadOnlyList<ModelScores> models)
    {
        var columns = ResultColumn.Of(results);
        var text = new StringBuilder("# Evaluation\n\n");
        text.Append($"{inputs.Prompts.Count} held-out prompts, {options.Samples} response{(options.Samples == 1 ? "" : "s")} each; brackets: 95 % bootstrap intervals over prompts.\n\n");
        Row(text, ["model", .. columns.Select(column => column.Title)]);
        Row(text, ["---", .. columns.Select(_ => "---:")]);
        foreach (var (name, model) in results.Models)
        {
            Row(text, [Cell(name), .. columns.Select(column => $"{column.Number(model)} {column.Range(model)}".Trim())]);
        }

        if (results.RewardModel is { } rewardModel)
        {
            text.Append($"\nReward model on {inputs.Pairs.Count} held-out pairs: accuracy {ResultColumn.Show(rewardModel.Accuracy.Mean)} [{ResultColumn.Show(rewardModel.Accuracy.Low)}, {ResultColumn.Show(rewardModel.Accuracy.High)}], expected calibration error {ResultColumn.Show(rewardModel.Ece)}.\n");
        }

        text.Append("\n## What the columns say\n\n");
        foreach (var column in columns)
        {
            text.Append($"- **{Cell(column.Title)}**: {column.MeaningFor(options)}\n");
        }

        if (results.OverOptimization is { } overOptimization)
        {
            text.Append(OverOptimizationReport.Markdown(overOptimization));
        }

        text.Append($"\n## Responses\n\nAll of them, with their scores, are in `{SamplesFile.FileName}`.\n");
        foreach (var (prompt, responses) in ShownPrompts.Of(inputs, models, options))
        {
            text.Append($"\n**{Cell(prompt)}**\n\n");
            Row(text, ["model", "response", .. Scores(responses[0].Model).Select(score => score.Title)]);
            Row(text, ["---", "---", .. Scores(responses[0].Model).Select(_ => "---:")]);
            foreach (var (model, i) in responses)
            {
                Row(text, [Cell(model.Name), Cell(model.Texts[i]) + (model.Responses.Ended[i] ? "" : " …"), .. Scores(model).Select(score => ResultColumn.Show(score.Values[i]))]);
            }
        }

        return text.ToString();
    }

    private static IEnumerable<(string Title, double[] Values)> Scores(ModelScores model) =>
        new[] { ("gold reward", model.Gold), ("reward model", model.Rewards) }.Where(score => score.Item2 is not null).Select(score => (score.Item1, score.Item2!));

    private static void Row(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    // Responses may hold anything; a table's row is one line.
    private static string Cell(string text) => text.Trim().ReplaceLineEndings(" ").Replace("|", "\\|").Replace("<", "&lt;");
}
