namespace Alignment.Core.Numerics;

/// <summary>One setting of the process that decides how fast libtorch runs.</summary>
/// <param name="Name">The environment variable or call.</param>
/// <param name="Found">The value before; null: it had none.</param>
/// <param name="Value">The value now; null: none.</param>
/// <param name="Why">Why it was changed or left.</param>
public sealed record RuntimeSetting(string Name, string? Found, string? Value, string Why)
{
    /// <summary>Whether a value that the environment gave was replaced by another.</summary>
    public bool IsOverride => Found != null && Found != Value;
}
