namespace Alignment.Labeling.Formats;

/// <summary>A vote of a file that was not taken over, or not in full.</summary>
/// <param name="Kind">Why, in one word.</param>
/// <param name="Where">Where it stands, <c>file:line</c>.</param>
/// <param name="Message">Why, for people.</param>
public sealed record ImportProblem(ImportProblemKind Kind, string Where, string Message);
