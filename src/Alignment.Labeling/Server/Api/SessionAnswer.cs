namespace Alignment.Labeling.Server.Api;

/// <summary>Who is signed in, and what the page shows around the tasks.</summary>
/// <param name="Annotator">The name.</param>
/// <param name="Role">What they may do.</param>
/// <param name="Csrf">What every write must repeat in its header.</param>
/// <param name="Project">The project's name.</param>
/// <param name="SignIn">What signing in takes, <c>name</c> or <c>token</c>.</param>
/// <param name="Guidelines">The project's guidelines, rendered; null when there are none.</param>
internal sealed record SessionAnswer(string Annotator, AnnotatorRole Role, string Csrf, string Project, string SignIn, string? Guidelines);
