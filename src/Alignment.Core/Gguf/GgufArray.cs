namespace Alignment.Core.Gguf;

/// <summary>A list among the metadata, not read yet; <see cref="GgufFile"/> has the methods that read it.</summary>
/// <param name="ElementKind">What it holds, such as <c>String</c> or <c>Float32</c>.</param>
/// <param name="Count">How many.</param>
public sealed record GgufArray(string ElementKind, long Count)
{
    internal GgufLayout.Kind Kind { get; init; }

    /// <summary>Where the elements begin in the file.</summary>
    internal int Position { get; init; }
}
