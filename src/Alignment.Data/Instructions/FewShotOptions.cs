using System.ComponentModel;

namespace Alignment.Data.Instructions;

/// <summary>How solved examples stand before a prompt.</summary>
public sealed record FewShotOptions
{
    /// <summary>The fewest examples.</summary>
    [Description("the fewest examples; how many a row gets is drawn between min and max")]
    public int Min { get; init; } = 1;

    /// <summary>The most examples.</summary>
    [Description("the most examples")]
    public int Max { get; init; } = 5;

    /// <summary>Rows of a task that examples are drawn from.</summary>
    [Description("rows of a task, drawn by the seed, that examples are taken from")]
    public int Pool { get; init; } = 100;

    /// <summary>What stands between two examples.</summary>
    [Description("text between two examples, and between the last one and the prompt")]
    public string Separator { get; init; } = "\n\n";

    /// <summary>What stands between an example's prompt and its completion.</summary>
    [Description("text between an example's prompt and its completion")]
    public string Between { get; init; } = "\n";

    /// <summary>What is wrong with the values.</summary>
    public IEnumerable<string> Problems()
    {
        if (Min < 1)
        {
            yield return $"min is {Min}; it must be at least 1";
        }

        if (Max < Min || Max > 100)
        {
            yield return $"max is {Max}; it must be from min ({Min}) to 100";
        }

        if (Pool <= Max || Pool > 10_000)
        {
            yield return $"pool is {Pool}; it must be above max ({Max}), for the row itself never is its own example, and at most 10000";
        }
    }
}
