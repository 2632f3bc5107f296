using System.ComponentModel;

namespace Alignment.Data.Loading;

/// <summary>One of several sources of training rows.</summary>
public sealed record MixSource
{
    /// <summary>Its files.</summary>
    [Category("input")]
    [Description("files of rows")]
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>How much of it there is.</summary>
    [Description("its part, beside the other sources' weights; left out in all: as many rows as it has")]
    public double? Weight { get; init; }

    /// <summary>What metrics call it.</summary>
    [Description("its name in metrics and reports; that of its first file when left out")]
    public string? Name { get; init; }

    /// <summary>Every problem, in words.</summary>
    /// <returns>One sentence per problem.</returns>
    public IEnumerable<string> Problems()
    {
        if (Files.Count == 0)
        {
            yield return "files is empty; name at least one file";
        }

        if (Weight is { } weight && !(weight > 0 && double.IsFinite(weight)))
        {
            yield return FormattableString.Invariant($"weight is {weight}; it must be above 0");
        }
    }
}
