using Alignment.Labeling.Chat;

namespace Alignment.Labeling.Judging;

/// <summary>How far a judge is.</summary>
/// <param name="Done">Tasks that are done, with or without a verdict.</param>
/// <param name="Tasks">Tasks to be judged.</param>
/// <param name="Asked">Answers that came in this run.</param>
/// <param name="Spent">What the judge took in all runs.</param>
public sealed record JudgeProgress(int Done, int Tasks, int Asked, TokenUsage Spent);
