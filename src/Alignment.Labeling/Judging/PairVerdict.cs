using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Judging;

/// <summary>What both orders together say of two candidates.</summary>
/// <param name="Low">The candidate with the lower number.</param>
/// <param name="High">The other one.</param>
/// <param name="Verdict">The verdict; a tie where the orders differ.</param>
/// <param name="Forward">What was said with the lower one first.</param>
/// <param name="Backward">What was said with the higher one first.</param>
internal sealed record PairVerdict(int Low, int High, JudgeAnswer Verdict, Verdict Forward, Verdict Backward)
{
    /// <summary>Whether the orders say different things.</summary>
    public bool Differs => Forward != Backward;

    /// <summary>Whether both orders chose the answer that stood first.</summary>
    public bool IsFirst => Forward == Votes.Verdict.Of(Low) && Backward == Votes.Verdict.Of(High);

    /// <summary>Whether both orders chose the answer that stood last.</summary>
    public bool IsLast => Forward == Votes.Verdict.Of(High) && Backward == Votes.Verdict.Of(Low);
}
