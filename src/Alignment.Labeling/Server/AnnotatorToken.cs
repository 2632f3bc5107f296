namespace Alignment.Labeling.Server;

/// <summary>One line of a file of tokens. Exactly one of <paramref name="Token"/> and <paramref name="Sha256"/> is given.</summary>
/// <param name="Annotator">Whose token it is.</param>
/// <param name="Token">The token itself.</param>
/// <param name="Sha256">The SHA-256 of the token's UTF-8 bytes, in hexadecimal, so that the file tells nobody the token.</param>
/// <param name="Role">What its owner may do.</param>
internal sealed record AnnotatorToken(string Annotator, string? Token = null, string? Sha256 = null, AnnotatorRole Role = AnnotatorRole.Annotator);
