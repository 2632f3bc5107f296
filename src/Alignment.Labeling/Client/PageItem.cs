namespace Alignment.Labeling.Client;

/// <summary>A task as the page's API shows it.</summary>
/// <param name="Task">The id.</param>
/// <param name="Prompt">The prompt's text.</param>
/// <param name="Answers">The answers' texts in the order shown.</param>
/// <param name="Order">Which candidate each of them is.</param>
public sealed record PageItem(string Task, string Prompt, IReadOnlyList<string> Answers, IReadOnlyList<int> Order);
