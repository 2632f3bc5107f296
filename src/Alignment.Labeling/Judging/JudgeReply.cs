using Alignment.Labeling.Chat;

namespace Alignment.Labeling.Judging;

/// <summary>What came back for a question.</summary>
/// <param name="Task">The task.</param>
/// <param name="Order">The candidates shown as A and B.</param>
/// <param name="Sample">Which of the samples.</param>
/// <param name="Turn">0 for the question, 1 for asking again.</param>
/// <param name="Prompt">SHA-256 of what was sent.</param>
/// <param name="Text">What the model wrote.</param>
/// <param name="Finish">Why it ended.</param>
/// <param name="Usage">What it took.</param>
/// <param name="At">When it came.</param>
internal sealed record JudgeReply(string Task, IReadOnlyList<int> Order, int Sample, int Turn, string Prompt, string Text, ChatFinish Finish, TokenUsage Usage, DateTimeOffset At);
