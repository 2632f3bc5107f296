using Alignment.Core.Numerics;
using Alignment.Data.Collation;

namespace Alignment.Labeling.Tasks;

/// <summary>The order in which candidates are shown, so that being on the left is nobody's advantage. A function of the project's seed: nothing has to
/// be stored to know it again.</summary>
public static class SideOrder
{
    /// <summary>The order of one task for one annotator.</summary>
    /// <param name="seed">The project's seed.</param>
    /// <param name="taskId">The task.</param>
    /// <param name="annotator">Who sees it; empty for a file that everybody sees alike.</param>
    /// <param name="count">Number of candidates, K.</param>
    /// <returns>K indices of candidates, from left to right.</returns>
    public static IReadOnlyList<int> Of(long seed, string taskId, string annotator, int count)
    {
        // The length keeps ("a", "b/c") and ("a/b", "c") apart.
        var own = Seeds.Derive(seed, FormattableString.Invariant($"sides/{taskId.Length}/{taskId}/{annotator}"));
        return DataOrder.Permutation(count, own, epoch: 0);
    }
}
