namespace Alignment.Training.Pipelines;

/// <summary>An option whose value is <c>stage:NAME</c> or <c>stage:NAME/FILE</c>: an edge of the pipeline.</summary>
/// <param name="Option">The option's path, for instance <c>models.sft</c>.</param>
/// <param name="Stage">The name of the stage whose output is meant.</param>
/// <param name="Result">The file or folder of its output; null is its model folder.</param>
/// <param name="File">Where it stands.</param>
/// <param name="Line">Its line.</param>
public sealed record StageReference(string Option, string Stage, string? Result, string File, int Line)
{
    /// <summary>What such a value begins with.</summary>
    public const string Prefix = "stage:";

    /// <summary>Reads a value.</summary>
    /// <param name="text">The value.</param>
    /// <param name="option">The option's path.</param>
    /// <param name="file">Where it stands.</param>
    /// <param name="line">Its line.</param>
    /// <returns>Null when it names no stage.</returns>
    public static StageReference? Read(string? text, string option, string file, int line) =>
        text is null || !text.StartsWith(Prefix, StringComparison.Ordinal) ? null
        : text[Prefix.Length..].Trim().Split('/', 2) is [var stage, { Length: > 0 } result] ? new(option, stage, result, file, line)
        : new(option, text[Prefix.Length..].Trim(), null, file, line);

    /// <summary>Where it is.</summary>
    /// <param name="runFolder">The run's folder.</param>
    /// <returns><c>RUN/NAME/model</c> or <c>RUN/NAME/FILE</c>.</returns>
    public string PathIn(string runFolder) => $"{runFolder}/{Stage}/{Result ?? "model"}";
}
