namespace Alignment.Data.Jinja;

/// <summary>Arguments as a template writes them.</summary>
/// <param name="Positional">By place.</param>
/// <param name="Named">By name.</param>
/// <param name="Rest"><c>*a</c>; null where there is none.</param>
/// <param name="NamedRest"><c>**a</c>; null where there is none.</param>
internal sealed record ArgumentList(Expression[] Positional, (string Name, Expression Value)[] Named, Expression? Rest, Expression? NamedRest)
{
    public static readonly ArgumentList None = new([], [], null, null);
}
