using System.ComponentModel;

namespace Alignment.Training.Options;

/// <summary>Marks an option (a text, a list or a map of texts) whose value is a file, a folder or a pattern of files that the
/// stage reads. It must exist before the stage starts, and its contents are part of the stage's fingerprint. Records of projects
/// that do not know this one say the same with <c>[Category("input")]</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class InputPathAttribute() : CategoryAttribute(InputCategory)
{
    /// <summary>The category's name.</summary>
    public const string InputCategory = "input";
}
