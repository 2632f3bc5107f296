using System.Globalization;
using Alignment.Data.Collation;
using Alignment.Data.Formats;
using Alignment.Data.Rows;

namespace Alignment.Data.Loading;

/// <summary>A share of the rows of some files, all rows of one prompt and of one declared group together. Which prompts depends on nothing but the rows.</summary>
/// <param name="files">All files to train on.</param>
/// <param name="fraction">The share, in (0, 1).</param>
internal sealed class HeldOutShare(IReadOnlyList<string> files, double fraction)
{
    private TrainEvalSplit? _split;

    /// <summary>What tokenized rows of one part depend on.</summary>
    /// <param name="heldOut">Which part.</param>
    public IEnumerable<string> Inputs(bool heldOut) => [heldOut ? "held out" : "kept", fraction.ToString("R", CultureInfo.InvariantCulture), .. files.Select(DataFiles.Sha256)];

    /// <summary>Whether a row of the files is held out.</summary>
    /// <param name="row">The row.</param>
    /// <param name="accepted">The types that are read.</param>
    /// <param name="onError">What happens to rows that cannot be used.</param>
    /// <exception cref="InvalidDataException">All rows have one prompt.</exception>
    public bool Has(DataRow row, RowTypes accepted, OnError onError) => (_split ??= Split(accepted, onError)).IsHeldOut(row);

    private TrainEvalSplit Split(RowTypes accepted, OnError onError)
    {
        var split = new TrainEvalSplit();
        foreach (var row in new RowReader(accepted, onError).Read(files))
        {
            split.Add(row);
        }

        return split.HoldOut(fraction * split.Rows) ? split
            : throw new InvalidDataException($"eval_fraction: all {split.Rows} rows of {string.Join(", ", files)} share one prompt or group, so none can be held out; name a file in eval, or give more data");
    }
}
