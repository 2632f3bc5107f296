namespace Alignment.Data.Selection;

/// <summary>Which rows are kept.</summary>
public sealed record SelectionOptions
{
    /// <summary>Leave out rows whose texts all stood in an earlier row.</summary>
    public bool Distinct { get; init; }

    /// <summary>Leave out rows that have this share of three-word sequences in common with an earlier kept one; null: do not look.</summary>
    public double? NearDuplicate { get; init; }

    /// <summary>Leave out rows that training refuses.</summary>
    public bool Usable { get; init; }

    /// <summary>The fewest words of a response.</summary>
    public int LeastWords { get; init; }

    /// <summary>The most words of a response.</summary>
    public int MostWords { get; init; } = int.MaxValue;

    /// <summary>Columns, of the row or of its <c>meta</c>, whose number must be in a range, both ends included; rows without one are left out.</summary>
    public IReadOnlyList<(string Column, double From, double To)> Ranges { get; init; } = [];

    /// <summary>Keep this many rows that are as different from each other as can be; null: keep all.</summary>
    public int? Diverse { get; init; }
}
