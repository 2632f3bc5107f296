namespace Alignment.Data.Jinja;

/// <summary>Expressions, with Jinja's precedence: <c>if</c>, <c>or</c>, <c>and</c>, <c>not</c>, comparisons, <c>+ -</c>, <c>~</c>, <c>* / // %</c>, <c>**</c>, signs, then what follows a value.</summary>
internal sealed class ExpressionParser
{
    /// <summary>A chain such as a + b + c + … is a tree as deep as the chain is long.</summary>
    public const int LongestChain = 500;

    private static readonly string[] Comparisons = ["==", "!=", "<", "<=", ">", ">="];

    private readonly TokenStream _tokens;
    private readonly OperandParser _operands;

    /// <summary>Reads on where the tokens stand.</summary>
    public ExpressionParser(TokenStream tokens)
    {
        _tokens = tokens;
        _operands = new(tokens, this);
    }

    /// <summary>Every name that was read since the set was put here.</summary>
    public HashSet<string> Names { get; set; } = [];

    /// <summary>One expression.</summary>
    public Expression Read(bool withChoice = true) => _tokens.Nested(() => withChoice ? ReadChoice() : ReadOr());

    /// <summary>One expression, or several with commas between them as a tuple.</summary>
    public Expression ReadTuple(bool withChoice = true, bool inParentheses = false)
    {
        var items = new List<Expression>();
        var isTuple = false;
        while (!IsTupleEnd())
        {
            items.Add(Read(withChoice));
            if (!_tokens.Skip(","))
            {
                break;
            }

            isTuple = true;
        }

        return items.Count == 1 && !isTuple ? items[0]
            : items.Count > 0 || inParentheses ? new Expression.TupleOf([.. items])
            : throw _tokens.Unexpected("an expression");
    }

    /// <summary>What an assignment may stand left of.</summary>
    public Expression ReadTarget(bool withNamespace = false)
    {
        if (withNamespace && _tokens.Ahead.Is("."))
        {
            var space = new Expression.Variable(ReadName());
            _tokens.Expect(".");
            return new Expression.Attribute(space, ReadName());
        }

        var items = new List<Expression>();
        var isTuple = false;
        while (_tokens.Current.Kind == TokenKind.Name && !_tokens.Current.IsName("in") || _tokens.Current.Is("("))
        {
            items.Add(_tokens.Skip("(") ? Closed(_tokens.Nested(() => ReadTarget())) : new Expression.Variable(ReadName()));
            if (!_tokens.Skip(","))
            {
                break;
            }

            isTuple = true;
        }

        return items.Count == 0 ? throw _tokens.Unexpected("a name") : items.Count == 1 && !isTuple ? items[0] : new Expression.TupleOf([.. items]);
    }

    /// <summary>A name that may be assigned to.</summary>
    public string ReadName()
    {
        var name = _tokens.Expect(TokenKind.Name, "a name").Value;
        return name is "true" or "false" or "none" or "True" or "False" or "None" ? throw new JinjaException($"cannot assign to '{name}'") : name;
    }

    /// <summary>Filters with their arguments, one after the other.</summary>
    public Expression.Filter[] ReadFilters() => _operands.ReadFilters();

    /// <summary>What stood in parentheses, once they are closed.</summary>
    public Expression Closed(Expression inner)
    {
        _tokens.Expect(")");
        return inner;
    }

    private bool IsTupleEnd() => _tokens.Current.Kind is TokenKind.OutputEnd or TokenKind.BlockEnd or TokenKind.End || _tokens.Current.Is(")");

    private Expression ReadChoice()
    {
        var value = ReadOr();
        while (_tokens.SkipName("if"))
        {
            var condition = ReadOr();
            value = new Expression.Choice(condition, value, _tokens.SkipName("else") ? Read() : null);
        }

        return value;
    }

    private Expression ReadOr() => Chain(ReadAnd, symbol: null, () => _tokens.SkipName("or"), (_, left, right) => new Expression.Either(left, right));

    private Expression ReadAnd() => Chain(ReadNot, symbol: null, () => _tokens.SkipName("and"), (_, left, right) => new Expression.Both(left, right));

    private Expression ReadNot() => _tokens.SkipName("not") ? new Expression.Not(_tokens.Nested(ReadNot)) : ReadComparison();

    private Expression ReadComparison()
    {
        var first = ReadSum();
        var rest = new List<(string, Expression)>();
        while (true)
        {
            if (_tokens.Current.Kind == TokenKind.Operator && Comparisons.Contains(_tokens.Current.Value))
            {
                rest.Add((_tokens.Next().Value, ReadSum()));
            }
            else if (_tokens.SkipName("in"))
            {
                rest.Add(("in", ReadSum()));
            }
            else if (_tokens.Current.IsName("not") && _tokens.Ahead.IsName("in"))
            {
                _tokens.Next();
                _tokens.Next();
                rest.Add(("not in", ReadSum()));
            }
            else
            {
                return rest.Count == 0 ? first : new Expression.Comparison(first, [.. rest]);
            }
        }
    }

    private Expression ReadSum() => Chain(ReadJoined, ["+", "-"]);

    private Expression ReadJoined()
    {
        var parts = new List<Expression> { ReadProduct() };
        while (_tokens.Skip("~"))
        {
            parts.Add(ReadProduct());
        }

        return parts.Count == 1 ? parts[0] : new Expression.Joined([.. parts]);
    }

    private Expression ReadProduct() => Chain(ReadPower, ["*", "/", "//", "%"]);

    private Expression ReadPower() => Chain(_operands.Read, ["**"]);

    private Expression Chain(Func<Expression> operand, string[] symbols) =>
        Chain(operand, symbols, () => _tokens.Current.Kind == TokenKind.Operator && symbols.Contains(_tokens.Current.Value), (symbol, left, right) => new Expression.Arithmetic(symbol, left, right));

    private Expression Chain(Func<Expression> operand, string[]? symbol, Func<bool> goesOn, Func<string, Expression, Expression, Expression> join)
    {
        var left = operand();
        for (var length = 1; goesOn(); length++)
        {
            if (length > LongestChain)
            {
                throw new JinjaException($"an expression joins more than {LongestChain} values");
            }

            left = join(symbol is null ? "" : _tokens.Next().Value, left, operand());
        }

        return left;
    }
}
