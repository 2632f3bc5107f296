namespace Alignment.Data.Jinja;

/// <summary>Something that templates can call.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Call">Runs it.</param>
internal sealed record FunctionValue(string Name, Func<CallArguments, object> Call);
