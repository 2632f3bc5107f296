using System.Globalization;
using System.Numerics;
using System.Text;

namespace Alignment.Data.Jinja;

/// <summary>What operators stand between: a sign, a constant, name, list or parenthesis, then attributes, items, calls, filters and tests.</summary>
internal sealed class OperandParser(TokenStream tokens, ExpressionParser expressions)
{
    /// <summary>One operand.</summary>
    public Expression Read() => ReadUnary();

    /// <summary>A filter's name and arguments, then those that follow it.</summary>
    public Expression.Filter[] ReadFilters()
    {
        var filters = new List<Expression.Filter>();
        do
        {
            filters.Add(ReadFilter(null));
        }
        while (tokens.Skip("|"));
        return [.. filters];
    }

    private Expression ReadUnary(bool withFilters = true)
    {
        Expression value = tokens.Current.Kind == TokenKind.Operator && tokens.Current.Value is "-" or "+"
            ? new Expression.Signed(tokens.Next().Value[0], tokens.Nested(() => ReadUnary(withFilters: false)))
            : ReadPrimary();
        value = ReadPostfix(value);
        return withFilters ? ReadFiltersAndTests(value) : value;
    }

    private Expression ReadPrimary()
    {
        var token = tokens.Next();
        switch (token.Kind)
        {
            case TokenKind.Name:
                return ReadNameOrConstant(token.Value);
            case TokenKind.String:
                var text = new StringBuilder(token.Value);
                while (tokens.Current.Kind == TokenKind.String)
                {
                    text.Append(tokens.Next().Value);
                }

                return new Expression.Literal((Text)text.ToString());
            case TokenKind.Integer:
                return new Expression.Literal(Number(token.Value));
            case TokenKind.Float:
                return new Expression.Literal(double.Parse(token.Value, CultureInfo.InvariantCulture));
            case TokenKind.Operator when token.Value == "(":
                return expressions.Closed(tokens.Nested(() => expressions.ReadTuple(inParentheses: true)));
            case TokenKind.Operator when token.Value == "[":
                return new Expression.ListOf([.. Items("]", () => expressions.Read())]);
            case TokenKind.Operator when token.Value == "{":
                return new Expression.DictOf([.. Items("}", () => (expressions.Read(), Value: Valued()))]);
            default:
                throw new JinjaException($"an expression expected, not {token}");
        }

        Expression Valued()
        {
            tokens.Expect(":");
            return expressions.Read();
        }
    }

    private Expression ReadNameOrConstant(string name)
    {
        switch (name)
        {
            case "true" or "True":
                return new Expression.Literal(true);
            case "false" or "False":
                return new Expression.Literal(false);
            case "none" or "None":
                return new Expression.Literal(None.Value);
            default:
                expressions.Names.Add(name);
                return new Expression.Variable(name);
        }
    }

    private static object Number(string digits) => long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? (object)number
        : digits.Length <= Operators.MostDigits ? BigInteger.Parse(digits, CultureInfo.InvariantCulture) : throw new JinjaException($"a number has more than {Operators.MostDigits} digits");

    private List<T> Items<T>(string end, Func<T> read)
    {
        var items = new List<T>();
        while (!tokens.Skip(end))
        {
            if (items.Count > 0)
            {
                tokens.Expect(",");
                if (tokens.Skip(end))
                {
                    break;
                }
            }

            items.Add(read());
        }

        return items;
    }

    private Expression ReadPostfix(Expression value)
    {
        for (var length = 0; ; length++)
        {
            if (length > ExpressionParser.LongestChain)
            {
                throw new JinjaException($"more than {ExpressionParser.LongestChain} attributes or calls follow each other");
            }

            if (tokens.Skip("."))
            {
                var name = tokens.Next();
                value = name.Kind switch
                {
                    TokenKind.Name => new Expression.Attribute(value, name.Value),
                    TokenKind.Integer => new Expression.Item(value, new Expression.Literal(Number(name.Value))),
                    _ => throw new JinjaException($"a name expected after '.', not {name}"),
                };
            }
            else if (tokens.Skip("["))
            {
                value = ReadSubscript(value);
            }
            else if (tokens.Skip("("))
            {
                value = new Expression.Call(value, ReadArguments());
            }
            else
            {
                return value;
            }
        }
    }

    private Expression ReadSubscript(Expression target)
    {
        var start = tokens.Current.Is(":") ? null : expressions.Read();
        if (!tokens.Skip(":"))
        {
            if (!tokens.Current.Is(","))
            {
                tokens.Expect("]");
                return new Expression.Item(target, start!);
            }

            tokens.Next();
            return new Expression.Item(target, new Expression.TupleOf([start!, .. Items("]", () => expressions.Read())]));
        }

        var stop = tokens.Current.Is(":") || tokens.Current.Is("]") ? null : expressions.Read();
        var step = tokens.Skip(":") && !tokens.Current.Is("]") ? expressions.Read() : null;
        tokens.Expect("]");
        return new Expression.Slice(target, start, stop, step);
    }

    private Expression ReadFiltersAndTests(Expression value)
    {
        for (var length = 0; ; length++)
        {
            if (length > ExpressionParser.LongestChain)
            {
                throw new JinjaException($"more than {ExpressionParser.LongestChain} filters or tests follow each other");
            }

            if (tokens.Skip("|"))
            {
                value = ReadFilter(value);
            }
            else if (tokens.SkipName("is"))
            {
                value = ReadTest(value);
            }
            else if (tokens.Skip("("))
            {
                value = new Expression.Call(value, ReadArguments());
            }
            else
            {
                return value;
            }
        }
    }

    private Expression.Filter ReadFilter(Expression? target)
    {
        // Whether there is such a filter is asked where it is applied: a branch that does not run may name any, as in Jinja.
        var name = ReadDottedName();
        return new(target, name, tokens.Skip("(") ? ReadArguments() : ArgumentList.None);
    }

    private Expression ReadTest(Expression target)
    {
        var negated = tokens.SkipName("not");
        var name = ReadDottedName();
        var current = tokens.Current;
        var arguments = ArgumentList.None;
        if (tokens.Skip("("))
        {
            arguments = ReadArguments();
        }
        else if (current.Kind is TokenKind.String or TokenKind.Integer or TokenKind.Float || current.Is("[") || current.Is("{")
            || (current.Kind == TokenKind.Name && current.Value is not ("else" or "or" or "and" or "if" or "is" or "in" or "not")))
        {
            arguments = new([ReadPostfix(ReadPrimary())], [], null, null);
        }

        Expression test = new Expression.Test(target, name, arguments);
        return negated ? new Expression.Not(test) : test;
    }

    private string ReadDottedName()
    {
        var name = tokens.Expect(TokenKind.Name, "a name").Value;
        while (tokens.Skip("."))
        {
            name += "." + tokens.Expect(TokenKind.Name, "a name").Value;
        }

        return name;
    }

    private ArgumentList ReadArguments()
    {
        var positional = new List<Expression>();
        var named = new List<(string, Expression)>();
        Expression? rest = null;
        Expression? namedRest = null;
        Items(")", () =>
        {
            if (tokens.Skip("**"))
            {
                namedRest = expressions.Read();
            }
            else if (tokens.Skip("*"))
            {
                rest = expressions.Read();
            }
            else if (tokens.Current.Kind == TokenKind.Name && tokens.Ahead.Is("="))
            {
                var name = tokens.Next().Value;
                tokens.Next();
                named.Add((name, expressions.Read()));
            }
            else if (named.Count == 0 && namedRest is null)
            {
                positional.Add(expressions.Read());
            }
            else
            {
                throw new JinjaException("an argument without a name follows one with a name");
            }

            return 0;
        });
        return new([.. positional], [.. named], rest, namedRest);
    }
}
