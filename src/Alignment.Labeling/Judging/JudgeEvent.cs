using Alignment.Labeling.Chat;

namespace Alignment.Labeling.Judging;

/// <summary>A line of a judge's journal; one of the three is there.</summary>
internal sealed record JudgeEvent
{
    /// <summary>The journal's first line.</summary>
    public JudgeBegin? Begin { get; init; }

    /// <summary>A question was answered.</summary>
    public JudgeReply? Reply { get; init; }

    /// <summary>Tokens were probably paid for without an answer.</summary>
    public TokenUsage? Lost { get; init; }
}
