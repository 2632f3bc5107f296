using System.Globalization;

namespace Alignment.Labeling.Votes;

/// <summary>A choice among a task's candidates, or one of the answers that choose none. As text and in JSON: the candidate's number from 0,
/// <c>tie</c>, <c>both_bad</c> or <c>skip</c>.</summary>
public readonly record struct Verdict
{
    private const string TieName = "tie";
    private const string BothBadName = "both_bad";
    private const string SkipName = "skip";

    private Verdict(VerdictKind kind, int choice) => (Kind, Choice) = (kind, choice);

    /// <summary>Nobody is better.</summary>
    public static Verdict Tie { get; } = new(VerdictKind.Tie, -1);

    /// <summary>Nobody is any good.</summary>
    public static Verdict BothBad { get; } = new(VerdictKind.BothBad, -1);

    /// <summary>No opinion.</summary>
    public static Verdict Skip { get; } = new(VerdictKind.Skip, -1);

    /// <summary>What kind of answer it is.</summary>
    public VerdictKind Kind { get; }

    /// <summary>The chosen candidate, counted from 0 in the task's own order; -1 when none was chosen.</summary>
    public int Choice { get; }

    /// <summary>A choice.</summary>
    /// <param name="candidate">The candidate, counted from 0 in the task's own order.</param>
    public static Verdict Of(int candidate)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(candidate);
        return new(VerdictKind.Choice, candidate);
    }

    /// <summary>Reads the text form.</summary>
    /// <param name="text">A number from 0, <c>tie</c>, <c>both_bad</c> or <c>skip</c>.</param>
    /// <param name="verdict">What it says.</param>
    /// <returns>Whether it says anything.</returns>
    public static bool TryParse(string? text, out Verdict verdict)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var candidate))
        {
            verdict = Of(candidate);
            return true;
        }

        verdict = text switch { TieName => Tie, BothBadName => BothBad, _ => Skip };
        return text is TieName or BothBadName or SkipName;
    }

    /// <summary>Whether a task with so many candidates can be answered so.</summary>
    /// <param name="candidates">Number of candidates, K.</param>
    public bool Fits(int candidates) => Kind != VerdictKind.Choice || Choice < candidates;

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        VerdictKind.Choice => Choice.ToString(CultureInfo.InvariantCulture),
        VerdictKind.Tie => TieName,
        VerdictKind.BothBad => BothBadName,
        _ => SkipName,
    };
}
