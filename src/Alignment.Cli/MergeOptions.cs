using System.ComponentModel;
using Alignment.Training.Options;

namespace Alignment.Cli;

/// <summary>Options of a stage of kind <c>merge</c>.</summary>
internal sealed record MergeOptions : IValidatedOptions
{
    /// <summary>The policies.</summary>
    [InputPath]
    [Description("model folders of policies that began as init, or stage:NAME each")]
    public required IReadOnlyList<string> Models { get; init; }

    /// <summary>What they began as.</summary>
    [InputPath]
    [Description("model folder that they began as")]
    public required string Init { get; init; }

    /// <summary>η of WARP's last stage.</summary>
    [Description("how far to go from init to the merged policy: 0 is init, 1 the merged policy; less keeps the KL lower")]
    public double Share { get; init; } = 1;

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        if (Models.Count == 0)
        {
            yield return "models is empty; name at least one";
        }

        if (Share is not (>= 0 and <= 1))
        {
            yield return FormattableString.Invariant($"share is {Share}; it must be from 0 to 1");
        }
    }
}
