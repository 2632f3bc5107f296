namespace Alignment.Data.Audit;

/// <summary>One thing that an audit looked for.</summary>
/// <param name="Name">One of <see cref="AuditNames"/>.</param>
/// <param name="Title">What it is, in words.</param>
/// <param name="Share">How many of how many.</param>
/// <param name="Limit">The share above which it fails; null where it only informs.</param>
/// <param name="Examples">The first rows that show it.</param>
public sealed record AuditFinding(string Name, string Title, Share Share, double? Limit, IReadOnlyList<string> Examples)
{
    /// <summary>What the number does not say.</summary>
    public string Note { get; init; } = "";

    /// <summary>Whether it is above its limit. Of shares that chance moves (length, place, shortcut) the lower end of the interval must be.</summary>
    public bool Failed => Share.Of > 0 && (Name is AuditNames.LongerChosen or AuditNames.FirstChosen or AuditNames.Shortcut ? Share.Low : Share.Value) > Limit;
}
