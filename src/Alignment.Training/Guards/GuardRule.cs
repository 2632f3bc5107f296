namespace Alignment.Training.Guards;

/// <summary>A symptom that is watched for.</summary>
/// <param name="Name">Its name in <c>guards</c>, and its section of docs/guards.md for a default one.</param>
/// <param name="Metrics">Each is watched by itself; the first one out of bounds speaks for the symptom.</param>
/// <param name="Bound">Where it is out of bounds.</param>
/// <param name="Lines">How many values in a row must be.</param>
/// <param name="Action">Warn or stop.</param>
/// <param name="Cause">Likely cause, one sentence without its full stop; empty for none.</param>
internal sealed record GuardRule(string Name, IReadOnlyList<string> Metrics, GuardBound Bound, int Lines, GuardAction Action, string Cause)
{
    /// <summary>Kinds of stages that have it by default; null: all.</summary>
    public IReadOnlyList<string>? Kinds { get; init; }

    /// <summary>The section of the docs that describes it; null for a guard of the user's.</summary>
    public string? Section => DefaultGuards.Names.Contains(Name) ? $"docs/guards.md#{Name}" : null;
}
