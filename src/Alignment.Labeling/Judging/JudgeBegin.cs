namespace Alignment.Labeling.Judging;

/// <summary>Whose journal it is.</summary>
/// <param name="Settings">The judge's.</param>
/// <param name="Secret">What the codes of its questions are made of, in hexadecimal digits.</param>
/// <param name="At">When it began.</param>
internal sealed record JudgeBegin(JudgeSettings Settings, string Secret, DateTimeOffset At);
