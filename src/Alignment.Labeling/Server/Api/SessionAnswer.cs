namespace Alignment.Labeling.Server.Api;

/// <summary>Who is signed in, and what the page shows around the tasks.</summary>
internal sealed record SessionAnswer(string Annotator, AnnotatorRole Role, string Csrf, string Project, string? Guidelines);
