namespace Alignment.Labeling.Server.Api;

/// <summary>A task as its annotator sees it. No model names, no gold answer.</summary>
/// <param name="Task">The id.</param>
/// <param name="Prompt">The prompt.</param>
/// <param name="Answers">The answers in the order shown.</param>
/// <param name="Order">Which candidate each of them is.</param>
/// <param name="Held">Until when nobody else is given it; null where nobody holds it.</param>
/// <param name="HeldSeconds">The same as seconds from now, for clocks that differ.</param>
/// <param name="Votes">What the annotators said, for an adjudicator.</param>
internal sealed record TaskItem(
    string Task, ShownPrompt Prompt, IReadOnlyList<ShownText> Answers, IReadOnlyList<int> Order, DateTimeOffset? Held = null, double? HeldSeconds = null, IReadOnlyList<ShownVote>? Votes = null);
