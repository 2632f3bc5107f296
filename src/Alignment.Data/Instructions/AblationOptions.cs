using System.ComponentModel;

namespace Alignment.Data.Instructions;

/// <summary>Training sets of more and more clusters, each containing the ones before (FLAN, Section 4.1).</summary>
public sealed record AblationOptions
{
    /// <summary>Numbers of clusters.</summary>
    [Description("numbers of clusters to train on; each makes a folder clusters-N")]
    public required IReadOnlyList<int> Sizes { get; init; }

    /// <summary>The order in which clusters join.</summary>
    [Description("the order in which clusters join; left out: those with more tasks first, as in FLAN, then by name")]
    public IReadOnlyList<string> Order { get; init; } = [];

    /// <summary>What is wrong with the values.</summary>
    public IEnumerable<string> Problems()
    {
        if (Sizes.Count == 0 || Sizes.Any(size => size < 1) || Sizes.Distinct().Count() < Sizes.Count)
        {
            yield return $"sizes is [{string.Join(", ", Sizes)}]; it must hold different numbers from 1 on";
        }

        if (Order.Distinct(StringComparer.Ordinal).Count() < Order.Count)
        {
            yield return "order names a cluster twice";
        }
    }
}
