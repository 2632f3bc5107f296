using Alignment.Data.Rows;
using Alignment.Labeling.Agreement;
using Alignment.Labeling.Formats;
using Alignment.Labeling.Server.Rendering;
using Alignment.Labeling.Store;
using Alignment.Labeling.Tasks;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Server.Api;

/// <summary>Tasks as people see them.</summary>
internal static class TaskViews
{
    /// <summary>A task that is held for an annotator.</summary>
    public static TaskItem Of(Assignment given, DateTimeOffset now) =>
        View(given.Task, given.Order) with { Held = given.Until, HeldSeconds = Math.Max(0, (given.Until - now).TotalSeconds) };

    /// <summary>A task, as an annotator sees it.</summary>
    public static TaskItem Of(LabelProject project, LabelTask task, string annotator) => View(task, Order(project, task, annotator));

    /// <summary>A split task with its votes, as an adjudicator sees it.</summary>
    public static TaskItem Of(LabelProject project, VotedTask task, string annotator)
    {
        var order = Order(project, task.Task, annotator);
        var places = order.Select((candidate, place) => (candidate, place)).ToDictionary(pair => pair.candidate, pair => pair.place);
        return View(task.Task, order) with { Votes = [.. task.Votes.Select(vote => Shown(vote, places))] };
    }

    /// <summary>The order in which an annotator sees a task's answers.</summary>
    public static IReadOnlyList<int> Order(LabelProject project, LabelTask task, string annotator) => SideOrder.Of(project.Seed, task.Id, annotator, task.Candidates.Count);

    private static ShownVote Shown(Vote vote, Dictionary<int, int> places) => new(
        vote.Annotator,
        vote.Choice.Kind == VerdictKind.Choice ? Verdict.Of(places[vote.Choice.Choice]).ToString() : vote.Choice.ToString(),
        vote.Ranking is { } ranking ? [.. ranking.Select(candidate => places[candidate])] : null,
        vote.Strength,
        vote.Comment,
        vote.Seconds);

    private static TaskItem View(LabelTask task, IReadOnlyList<int> order) =>
        new(task.Id, Prompt(task.Prompt), [.. order.Select(candidate => Text(task.Candidates[candidate].Text))], order);

    private static ShownPrompt Prompt(Content prompt)
    {
        var text = PromptText.Of(prompt);
        return new(
            SafeMarkdown.ToHtml(text),
            text,
            prompt is ChatContent { Messages: var messages } ? [.. messages.Select(message => new ShownMessage(message.Role, SafeMarkdown.ToHtml(message.Content), message.Content))] : null);
    }

    private static ShownText Text(string text) => new(SafeMarkdown.ToHtml(text), text);
}
