namespace Alignment.Training.Options;

/// <summary>One pair of a mapping.</summary>
/// <param name="Key">The key.</param>
/// <param name="Line">The key's line, counted from 1.</param>
/// <param name="Value">The value.</param>
public sealed record OptionsEntry(string Key, int Line, OptionsNode Value);
