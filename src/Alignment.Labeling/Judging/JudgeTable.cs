using System.Globalization;
using Alignment.Labeling.Chat;
using Alignment.Labeling.Votes;
using Spectre.Console;

namespace Alignment.Labeling.Judging;

/// <summary>What a judge did, as a table.</summary>
public static class JudgeTable
{
    private const int WidthWithoutTerminal = 150;
    private const int MostProblems = 10;

    /// <summary>Writes the table, and the first tasks without a verdict.</summary>
    /// <param name="outcome">What it did.</param>
    /// <param name="limits">What tokens cost.</param>
    /// <param name="console">Where.</param>
    public static void Write(JudgeOutcome outcome, BudgetLimits limits, IAnsiConsole console)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(console);
        if (!console.Profile.Out.IsTerminal)
        {
            console.Profile.Width = WidthWithoutTerminal;
            console.Profile.Capabilities.Ansi = false;
        }

        var table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumn("what").AddColumn(new TableColumn("value"));
        foreach (var (name, value) in Rows(outcome, limits))
        {
            table.AddRow(name, $"[bold]{Markup.Escape(value)}[/]");
        }

        console.Write(table);
        foreach (var problem in outcome.Problems.Take(MostProblems))
        {
            console.MarkupLine($"[yellow]![/] {Markup.Escape(problem.Task)}: {Markup.Escape(problem.Reason)}");
        }

        if (outcome.Problems.Count > MostProblems)
        {
            console.MarkupLine($"[yellow]![/] and {outcome.Problems.Count - MostProblems} more");
        }
    }

    private static IEnumerable<(string Name, string Value)> Rows(JudgeOutcome outcome, BudgetLimits limits)
    {
        yield return ("votes saved", $"{outcome.Votes.Count} of {outcome.Tasks}{(outcome.Before > 0 ? $", {outcome.Before} before" : "")}");
        yield return ("verdicts", $"{outcome.Count(VerdictKind.Choice)} choices, {outcome.Count(VerdictKind.Tie)} ties, {outcome.Count(VerdictKind.BothBad)} both bad");
        var orders = outcome.Orders;
        yield return ("orders differ", orders.Pairs == 0 ? "–" : Say($"{orders.Differ} of {orders.Pairs} pairs ({100.0 * orders.Differ / orders.Pairs:0.#}%); first place twice {orders.First}, last place twice {orders.Last}"));
        var unparsable = outcome.Problems.Count(problem => problem.Unparsable);
        yield return ("without a verdict", $"{outcome.Problems.Count} tasks: {unparsable} unparsable, {outcome.Problems.Count - unparsable} without an answer");
        yield return ("answers", $"{outcome.Asked} asked for, {outcome.Known} from the journal; {outcome.Repairs} were no verdict at first, {outcome.Unparsable} not after asking again either");
        yield return ("tokens", Tokens(outcome.Usage, limits));
        if (outcome.Spent != outcome.Usage)
        {
            yield return ("tokens in all runs", Tokens(outcome.Spent, limits));
        }
    }

    /// <summary>Tokens, what they cost, and whether they were counted.</summary>
    /// <param name="usage">The tokens.</param>
    /// <param name="limits">What tokens cost.</param>
    public static string Tokens(TokenUsage usage, BudgetLimits limits)
    {
        ArgumentNullException.ThrowIfNull(usage);
        ArgumentNullException.ThrowIfNull(limits);
        return Say($"{usage.Prompt} in, {usage.Completion} out{(limits.Cost(usage) is { } cost ? Say($"; costs {cost:0.####}") : "")}{(usage.Estimated ? " (partly estimated)" : "")}");
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
