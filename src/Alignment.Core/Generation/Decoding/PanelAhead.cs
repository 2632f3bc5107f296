namespace Alignment.Core.Generation.Decoding;

/// <summary>Memory that is brought near while a product runs on other memory.</summary>
/// <param name="from">The first byte.</param>
/// <param name="lines">Lines of 64 bytes for each pair of inputs; 0 = none.</param>
internal readonly unsafe struct PanelAhead(byte* from, int lines)
{
    /// <summary>Bytes of a cache line.</summary>
    public const int LineBytes = 64;

    /// <summary>The first byte.</summary>
    public byte* From => from;

    /// <summary>Lines for each pair of inputs.</summary>
    public int Lines => lines;
}
