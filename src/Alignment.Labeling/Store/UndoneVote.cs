namespace Alignment.Labeling.Store;

/// <summary>A vote that was taken back.</summary>
/// <param name="Vote">Its id.</param>
/// <param name="At">When.</param>
/// <param name="Until">How long its task is held for the annotator again.</param>
internal sealed record UndoneVote(string Vote, DateTimeOffset At, DateTimeOffset Until);
