namespace Alignment.Labeling.Formats;

/// <summary>What an import did. Every vote of the files is in one of the counts or among the problems.</summary>
/// <param name="Rows">Votes and unanswered tasks read.</param>
/// <param name="Saved">Votes that are new.</param>
/// <param name="Repeated">Votes that were imported before; nothing changed.</param>
/// <param name="Unanswered">Tasks that the file leaves without an answer.</param>
/// <param name="NewTasks">Tasks made of the file.</param>
/// <param name="Choices">Saved votes that choose.</param>
/// <param name="Ties">Saved ties.</param>
/// <param name="BothBad">Saved both-bads.</param>
/// <param name="Skips">Saved skips.</param>
/// <param name="Annotators">Annotators of saved or repeated votes.</param>
/// <param name="Problems">What was not taken over.</param>
public sealed record ImportReport(
    int Rows, int Saved, int Repeated, int Unanswered, int NewTasks, int Choices, int Ties, int BothBad, int Skips, IReadOnlyList<string> Annotators, IReadOnlyList<ImportProblem> Problems);
