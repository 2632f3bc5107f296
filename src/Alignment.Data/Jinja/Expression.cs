namespace Alignment.Data.Jinja;

/// <summary>What has a value.</summary>
internal abstract record Expression
{
    /// <summary>A constant.</summary>
    public sealed record Literal(object Value) : Expression;

    /// <summary>A name's value.</summary>
    public sealed record Variable(string Name) : Expression;

    /// <summary><c>[a, b]</c></summary>
    public sealed record ListOf(Expression[] Items) : Expression;

    /// <summary><c>(a, b)</c></summary>
    public sealed record TupleOf(Expression[] Items) : Expression;

    /// <summary><c>{a: b}</c></summary>
    public sealed record DictOf((Expression Key, Expression Value)[] Pairs) : Expression;

    /// <summary><c>-a</c> and <c>+a</c>.</summary>
    public sealed record Signed(char Sign, Expression Operand) : Expression;

    /// <summary><c>not a</c></summary>
    public sealed record Not(Expression Operand) : Expression;

    /// <summary><c>+ - * / // % **</c></summary>
    public sealed record Arithmetic(string Symbol, Expression Left, Expression Right) : Expression;

    /// <summary><c>a ~ b</c></summary>
    public sealed record Joined(Expression[] Parts) : Expression;

    /// <summary><c>a and b</c>: the first that is false, else the last.</summary>
    public sealed record Both(Expression Left, Expression Right) : Expression;

    /// <summary><c>a or b</c>: the first that is true, else the last.</summary>
    public sealed record Either(Expression Left, Expression Right) : Expression;

    /// <summary><c>a &lt; b &lt;= c</c>: true where each neighbouring pair is. Symbols are those of the source, <c>in</c> and <c>not in</c> included.</summary>
    public sealed record Comparison(Expression First, (string Symbol, Expression Operand)[] Rest) : Expression;

    /// <summary><c>a if condition else b</c></summary>
    public sealed record Choice(Expression Condition, Expression Then, Expression? Else) : Expression;

    /// <summary><c>a.name</c></summary>
    public sealed record Attribute(Expression Target, string Name) : Expression;

    /// <summary><c>a[key]</c></summary>
    public sealed record Item(Expression Target, Expression Key) : Expression;

    /// <summary><c>a[start:stop:step]</c></summary>
    public sealed record Slice(Expression Target, Expression? Start, Expression? Stop, Expression? Step) : Expression;

    /// <summary><c>a(arguments)</c></summary>
    public sealed record Call(Expression Target, ArgumentList Arguments) : Expression;

    /// <summary><c>a | name(arguments)</c>; without a target in blocks, whose text is the target.</summary>
    public sealed record Filter(Expression? Target, string Name, ArgumentList Arguments) : Expression;

    /// <summary><c>a is name(arguments)</c></summary>
    public sealed record Test(Expression Target, string Name, ArgumentList Arguments) : Expression;
}
