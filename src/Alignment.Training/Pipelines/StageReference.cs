namespace Alignment.Training.Pipelines;

/// <summary>An option whose value is <c>stage:NAME</c>: an edge of the pipeline.</summary>
/// <param name="Option">The option's path, for instance <c>models.sft</c>.</param>
/// <param name="Stage">The name of the stage whose output is meant.</param>
/// <param name="File">Where it stands.</param>
/// <param name="Line">Its line.</param>
public sealed record StageReference(string Option, string Stage, string File, int Line)
{
    /// <summary>What such a value begins with.</summary>
    public const string Prefix = "stage:";
}
