namespace QuickstartData;

/// <summary>An instruction of the closed world with everything that the crowd may reply.</summary>
/// <param name="Text">The prompt.</param>
/// <param name="Task">The task's name.</param>
/// <param name="Cluster">The task's cluster.</param>
/// <param name="Template">Index of the task's template.</param>
/// <param name="Answers">What a right response names: any of these.</param>
/// <param name="Candidates">All that a response could name.</param>
/// <param name="Right">Right responses.</param>
/// <param name="Wrong">Wrong responses.</param>
public sealed record Question(
    string Text,
    string Task,
    string Cluster,
    int Template,
    IReadOnlyList<string> Answers,
    IReadOnlyList<string> Candidates,
    Replies Right,
    Replies Wrong);

/// <summary>Responses without courtesy or rambling.</summary>
/// <param name="Full">Whole sentences.</param>
/// <param name="Bare">A word or a few.</param>
public sealed record Replies(IReadOnlyList<string> Full, IReadOnlyList<string> Bare);
