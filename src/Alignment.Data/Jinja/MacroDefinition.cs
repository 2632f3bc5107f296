namespace Alignment.Data.Jinja;

/// <summary>A macro as written.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Parameters">Names, with the default's expression where there is one.</param>
/// <param name="Body">What it writes.</param>
/// <param name="Names">Every name that the body mentions: <c>varargs</c>, <c>kwargs</c> and <c>caller</c> are passed where they occur.</param>
internal sealed record MacroDefinition(string Name, (string Name, Expression? Default)[] Parameters, Statement[] Body, IReadOnlySet<string> Names);
