namespace Alignment.Labeling.Server;

/// <summary>What somebody may do on the page.</summary>
public enum AnnotatorRole
{
    /// <summary>Votes, and sees the own progress.</summary>
    Annotator,

    /// <summary>Also settles split tasks and sees everybody's progress and the agreement.</summary>
    Admin,
}
