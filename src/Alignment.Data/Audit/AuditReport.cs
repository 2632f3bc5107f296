namespace Alignment.Data.Audit;

/// <summary>What an audit found.</summary>
public sealed record AuditReport
{
    /// <summary>Rows looked at.</summary>
    public required long Rows { get; init; }

    /// <summary>Rows of each type.</summary>
    public required IReadOnlyList<(string Name, long Count)> Types { get; init; }

    /// <summary>Each file with its format.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>Every finding, in the order of the report.</summary>
    public required IReadOnlyList<AuditFinding> Findings { get; init; }

    /// <summary>Lengths.</summary>
    public required IReadOnlyList<Histogram> Histograms { get; init; }

    /// <summary>Lists of what is most frequent: openings, scripts, words that tell sides apart.</summary>
    public required IReadOnlyList<AuditTable> Tables { get; init; }

    /// <summary>Single numbers: entropy of labels, share of supervised tokens.</summary>
    public required IReadOnlyList<(string Name, double Value)> Numbers { get; init; }

    /// <summary>The findings above their limits.</summary>
    public IEnumerable<AuditFinding> Failed => Findings.Where(finding => finding.Failed);
}
