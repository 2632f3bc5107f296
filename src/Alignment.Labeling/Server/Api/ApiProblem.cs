namespace Alignment.Labeling.Server.Api;

/// <summary>An error as RFC 9457 has it.</summary>
/// <param name="Title">The status in words.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What is wrong and what to do.</param>
/// <param name="SignIn">With 401: what signing in takes, <c>name</c> or <c>token</c>.</param>
internal sealed record ApiProblem(string Title, int Status, string Detail, string? SignIn = null);
