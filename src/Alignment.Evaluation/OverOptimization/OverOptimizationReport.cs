using System.Net;
using System.Text;

namespace Alignment.Evaluation.OverOptimization;

/// <summary>The over-optimisation part of the reports: a plot of each reward over √KL, where each reward is highest, the points, the fits.</summary>
internal static class OverOptimizationReport
{
    private const string Explanation =
        "Each reward against √KL from the reference. Where the training reward still rises while the gold or the held-out reward falls, training optimises the reward model's errors. Best-of-n chooses among samples of the reference by the training reward; its KL is log n − (n−1)/n.";

    /// <summary>As a section of <c>report.md</c>.</summary>
    public static string Markdown(OverOptimizationResults results)
    {
        var text = new StringBuilder($"\n## Over-optimisation\n\n{Explanation}\n\n");
        foreach (var table in Tables(results))
        {
            Row(text, table[0]);
            Row(text, [.. table[0].Select((_, i) => i == 0 ? "---" : "---:")]);
            foreach (var row in table.Skip(1))
            {
                Row(text, row);
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>As a section of <c>report.html</c>.</summary>
    public static string Html(OverOptimizationResults results)
    {
        var page = new StringBuilder($"<h2>Over-optimisation</h2><p class=\"soft\">{Encode(Explanation)}</p><div class=\"charts\">");
        foreach (var measure in RewardMeasure.In(results.Points))
        {
            page.Append($"<figure><figcaption><b>{Encode(measure.Title)}</b><span>{RewardCurves.Legend(results)}</span></figcaption>{RewardCurves.Draw(results, measure)}</figure>");
        }

        page.Append("</div>");
        foreach (var table in Tables(results))
        {
            page.Append("<div class=\"wide\"><table><tr>").AppendJoin("", table[0].Select(cell => $"<th>{Encode(cell)}</th>")).Append("</tr>");
            foreach (var row in table.Skip(1))
            {
                page.Append("<tr>").AppendJoin("", row.Select(cell => $"<td>{Encode(cell)}</td>")).Append("</tr>");
            }

            page.Append("</table></div><p></p>");
        }

        return page.ToString();
    }

    private static IEnumerable<IReadOnlyList<string[]>> Tables(OverOptimizationResults results)
    {
        var measures = RewardMeasure.In(results.Points);
        if (results.Runs().Any())
        {
            yield return [["run", .. measures.Select(measure => $"{measure.Title} highest at")], .. results.Runs().Select(run => (string[])[run.Key, .. measures.Select(measure => Highest(run, measure))])];
        }

        yield return [["model", "KL", "√KL", .. measures.Select(measure => measure.Title)],
            .. results.Points.Select(point => (string[])[point.Model, ResultColumn.Show(point.Kl), ResultColumn.Show(point.SqrtKl), .. measures.Select(measure => Show(measure.Of(point)))])];
        if (results.Fits.Count > 0)
        {
            yield return [["fit, d = √KL, above the reference", "reward", "α", "β", "R²"],
                .. results.Fits.Select(fit => (string[])[$"{fit.Run}: {fit.Form}", measures.Single(measure => measure.Key == fit.Measure).Title, ResultColumn.Show(fit.Alpha), ResultColumn.Show(fit.Beta), ResultColumn.Show(fit.RSquared)])];
        }
    }

    private static string Highest(IEnumerable<RewardPoint> run, RewardMeasure measure) =>
        run.Where(point => measure.Of(point) is not null).MaxBy(point => measure.Of(point)) is { } point ? $"{point.Model}, √KL {ResultColumn.Show(point.SqrtKl)}: {Show(measure.Of(point))}" : "";

    private static string Show(double? value) => value is { } number ? ResultColumn.Show(number) : "";

    private static void Row(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells.Select(cell => cell.Replace("|", "\\|"))).Append(" |\n");

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
