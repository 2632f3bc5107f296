namespace Alignment.Data.Collation;

/// <summary>Whether several rows share a sequence.</summary>
public enum Packing
{
    /// <summary>One row, one sequence.</summary>
    None,

    /// <summary>Whole rows side by side in sequences of the full length at most, best fit decreasing; none sees another. See <see cref="PackedExamples"/>.</summary>
    Bfd,

    /// <summary>Text rows joined and cut into sequences of the full length, for pre-training. See <see cref="WrappedBlocks"/>.</summary>
    Wrapped,
}
