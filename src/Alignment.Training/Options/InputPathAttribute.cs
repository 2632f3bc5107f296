namespace Alignment.Training.Options;

/// <summary>Marks an option (a text, a list or a map of texts) whose value is a file or folder that the stage reads.
/// It must exist before the stage starts, and its contents are part of the stage's fingerprint.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class InputPathAttribute : Attribute;
