namespace Alignment.Data.Jinja;

/// <summary>A piece of a template's body. Targets of assignments are variables, tuples of targets or attributes of a namespace.</summary>
/// <param name="Line">Where it begins, from 1.</param>
internal abstract record Statement(int Line)
{
    /// <summary>Text outside of tags.</summary>
    public sealed record Data(int Line, string Value) : Statement(Line)
    {
        /// <summary>The same, ready to be written.</summary>
        public Text Text { get; } = Value;
    }

    /// <summary><c>{{ value }}</c></summary>
    public sealed record Output(int Line, Expression Value) : Statement(Line);

    /// <summary><c>{% if %}</c></summary>
    public sealed record If(int Line, (Expression Condition, Statement[] Body)[] Branches, Statement[] Else) : Statement(Line);

    /// <summary><c>{% for %}</c></summary>
    public sealed record For(int Line, Expression Target, Expression Items, Expression? Condition, Statement[] Body, Statement[] Else) : Statement(Line);

    /// <summary><c>{% break %}</c></summary>
    public sealed record Break(int Line) : Statement(Line);

    /// <summary><c>{% continue %}</c></summary>
    public sealed record Continue(int Line) : Statement(Line);

    /// <summary><c>{% set a = value %}</c></summary>
    public sealed record Set(int Line, Expression Target, Expression Value) : Statement(Line);

    /// <summary><c>{% set a %}...{% endset %}</c></summary>
    public sealed record SetBlock(int Line, Expression Target, Expression.Filter[] Filters, Statement[] Body) : Statement(Line);

    /// <summary><c>{% with a = value %}</c></summary>
    public sealed record With(int Line, (Expression Target, Expression Value)[] Variables, Statement[] Body) : Statement(Line);

    /// <summary><c>{% macro %}</c></summary>
    public sealed record Macro(int Line, MacroDefinition Definition) : Statement(Line);

    /// <summary><c>{% call %}</c>: the body is the macro <c>caller</c> of the called one.</summary>
    public sealed record CallBlock(int Line, Expression.Call Call, MacroDefinition Caller) : Statement(Line);

    /// <summary><c>{% filter %}</c></summary>
    public sealed record FilterBlock(int Line, Expression.Filter[] Filters, Statement[] Body) : Statement(Line);

    /// <summary><c>{% generation %}</c>: what the assistant wrote.</summary>
    public sealed record Generation(int Line, Statement[] Body) : Statement(Line);
}
