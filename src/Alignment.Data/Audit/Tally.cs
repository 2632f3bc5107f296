namespace Alignment.Data.Audit;

/// <summary>Counts rows that show something, with the first of them.</summary>
/// <param name="name">One of <see cref="AuditNames"/>.</param>
/// <param name="title">What it is, in words.</param>
internal sealed class Tally(string name, string title)
{
    private readonly List<string> _examples = [];
    private long _count;
    private long _of;

    /// <summary>Rows that could show it.</summary>
    public long Of => _of;

    /// <summary>Counts a row.</summary>
    /// <param name="shows">Whether it shows it.</param>
    /// <param name="id">The row.</param>
    /// <param name="detail">What exactly.</param>
    public void Add(bool shows, string id, string? detail = null)
    {
        _of++;
        if (shows)
        {
            Show(id, detail);
        }
    }

    /// <summary>Counts a row that is among those already counted.</summary>
    public void Show(string id, string? detail = null)
    {
        _count++;
        if (_examples.Count < 50)
        {
            _examples.Add(detail is null ? id : $"{id}: {detail}");
        }
    }

    /// <summary>The finding.</summary>
    public AuditFinding Finding(AuditOptions options, string note = "") =>
        new(name, title, new Share(_count, _of), options.Limits.TryGetValue(name, out var limit) ? limit : null, [.. _examples.Take(options.Examples)]) { Note = note };
}
