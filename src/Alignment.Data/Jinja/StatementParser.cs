namespace Alignment.Data.Jinja;

/// <summary>Tags and text.</summary>
internal sealed class StatementParser
{
    private static readonly string[] Refused = ["include", "import", "from", "extends", "block"];

    private readonly TokenStream _tokens;
    private readonly ExpressionParser _expressions;
    private int _loops;

    private StatementParser(IReadOnlyList<Token> tokens)
    {
        _tokens = new(tokens);
        _expressions = new(_tokens);
    }

    /// <summary>A whole template.</summary>
    /// <exception cref="JinjaException">It cannot be read.</exception>
    public static Statement[] Read(string name, IReadOnlyList<Token> tokens)
    {
        var parser = new StatementParser(tokens);
        try
        {
            return parser.ReadBody([], "the template");
        }
        catch (JinjaException e)
        {
            throw e.At(name, parser._tokens.Current.Line);
        }
    }

    /// <summary>Statements up to one of the tags, which is left in place behind its bracket.</summary>
    private Statement[] ReadBody(string[] ends, string within)
    {
        var body = new List<Statement>();
        while (true)
        {
            var token = _tokens.Next();
            switch (token.Kind)
            {
                case TokenKind.Data:
                    body.Add(new Statement.Data(token.Line, token.Value));
                    break;
                case TokenKind.OutputBegin:
                    body.Add(new Statement.Output(token.Line, _expressions.ReadTuple()));
                    _tokens.Expect(TokenKind.OutputEnd, "}}");
                    break;
                case TokenKind.BlockBegin when _tokens.Current.Kind == TokenKind.Name && ends.Contains(_tokens.Current.Value):
                    return [.. body];
                case TokenKind.BlockBegin:
                    body.Add(_tokens.Nested(() => ReadTag(token.Line)));
                    break;
                default:
                    return ends.Length == 0 ? [.. body] : throw new JinjaException($"{within} is not closed by {{% {ends[^1]} %}}");
            }
        }
    }

    private Statement ReadTag(int line)
    {
        var tag = _tokens.Expect(TokenKind.Name, "a tag's name").Value;
        return tag switch
        {
            "if" => ReadIf(line),
            "for" => ReadFor(line),
            "set" => ReadSet(line),
            "with" => ReadWith(line),
            "macro" => ReadMacro(line),
            "call" => ReadCall(line),
            "filter" => Closed(new Statement.FilterBlock(line, ReadBlockFilters(), ReadBody(["endfilter"], "{% filter %}"))),
            "generation" => Closed(new Statement.Generation(line, EndTag(() => ReadBody(["endgeneration"], "{% generation %}")))),
            "break" or "continue" when _loops == 0 => throw new JinjaException($"{{% {tag} %}} stands outside of a loop"),
            "break" => EndTag(() => new Statement.Break(line)),
            "continue" => EndTag(() => new Statement.Continue(line)),
            _ when Refused.Contains(tag) => throw new JinjaException($"{{% {tag} %}} reads other templates, which is not allowed here"),
            _ => throw new JinjaException($"there is no tag '{tag}'"),
        };
    }

    /// <summary>Takes the bracket that ends a tag, then goes on.</summary>
    private T EndTag<T>(Func<T> next)
    {
        _tokens.Expect(TokenKind.BlockEnd, "%}");
        return next();
    }

    /// <summary>Takes the name and bracket of the tag that ends a block.</summary>
    private Statement Closed(Statement statement)
    {
        _tokens.Next();
        _tokens.Expect(TokenKind.BlockEnd, "%}");
        return statement;
    }

    private Statement ReadIf(int line)
    {
        var branches = new List<(Expression, Statement[])>();
        while (true)
        {
            var condition = _expressions.ReadTuple(withChoice: false);
            branches.Add((condition, EndTag(() => ReadBody(["elif", "else", "endif"], "{% if %}"))));
            if (_tokens.SkipName("else"))
            {
                return Closed(new Statement.If(line, [.. branches], EndTag(() => ReadBody(["endif"], "{% if %}"))));
            }

            if (!_tokens.SkipName("elif"))
            {
                return Closed(new Statement.If(line, [.. branches], []));
            }
        }
    }

    private Statement ReadFor(int line)
    {
        var target = _expressions.ReadTarget();
        _tokens.ExpectName("in");
        var items = _expressions.ReadTuple(withChoice: false);
        var condition = _tokens.SkipName("if") ? _expressions.Read() : null;
        if (_tokens.Current.IsName("recursive"))
        {
            throw new JinjaException("recursive loops are not supported; use a macro");
        }

        _loops++;
        var body = EndTag(() => ReadBody(["else", "endfor"], "{% for %}"));
        _loops--;
        var otherwise = _tokens.SkipName("else") ? EndTag(() => ReadBody(["endfor"], "{% for %}")) : [];
        return Closed(new Statement.For(line, target, items, condition, body, otherwise));
    }

    private Statement ReadSet(int line)
    {
        var target = _expressions.ReadTarget(withNamespace: true);
        if (_tokens.Skip("="))
        {
            var value = _expressions.ReadTuple();
            return EndTag(() => new Statement.Set(line, target, value));
        }

        var filters = _tokens.Skip("|") ? _expressions.ReadFilters() : [];
        return Closed(new Statement.SetBlock(line, target, filters, EndTag(() => ReadBody(["endset"], "{% set %}"))));
    }

    private Statement ReadWith(int line)
    {
        var variables = new List<(Expression, Expression)>();
        while (_tokens.Current.Kind != TokenKind.BlockEnd)
        {
            if (variables.Count > 0)
            {
                _tokens.Expect(",");
            }

            var target = new Expression.Variable(_expressions.ReadName());
            _tokens.Expect("=");
            variables.Add((target, _expressions.Read()));
        }

        return Closed(new Statement.With(line, [.. variables], EndTag(() => ReadBody(["endwith"], "{% with %}"))));
    }

    private Expression.Filter[] ReadBlockFilters()
    {
        var filters = _expressions.ReadFilters();
        return EndTag(() => filters);
    }

    private Statement ReadMacro(int line)
    {
        var name = _expressions.ReadName();
        var definition = ReadDefinition(name, "endmacro");
        return Closed(new Statement.Macro(line, definition));
    }

    private Statement ReadCall(int line)
    {
        var outer = _expressions.Names;
        var parameters = _tokens.Current.Is("(") ? ReadParameters() : [];
        if (_expressions.Read() is not Expression.Call call)
        {
            throw new JinjaException("{% call %} must call a macro");
        }

        var definition = ReadMacroBody("caller", parameters, "endcall", outer);
        return Closed(new Statement.CallBlock(line, call, definition));
    }

    private MacroDefinition ReadDefinition(string name, string end)
    {
        var outer = _expressions.Names;
        return ReadMacroBody(name, ReadParameters(), end, outer);
    }

    private MacroDefinition ReadMacroBody(string name, (string, Expression?)[] parameters, string end, HashSet<string> outer)
    {
        var loops = _loops;
        (_expressions.Names, _loops) = ([], 0);
        var body = EndTag(() => ReadBody([end], $"{{% {end[3..]} %}}"));
        var names = _expressions.Names;
        outer.UnionWith(names);
        (_expressions.Names, _loops) = (outer, loops);
        return new(name, parameters, body, names);
    }

    private (string Name, Expression? Default)[] ReadParameters()
    {
        var parameters = new List<(string, Expression?)>();
        _tokens.Expect("(");
        while (!_tokens.Skip(")"))
        {
            if (parameters.Count > 0)
            {
                _tokens.Expect(",");
            }

            var name = _expressions.ReadName();
            var given = _tokens.Skip("=") ? _expressions.Read() : null;
            if (given is null && parameters.Count > 0 && parameters[^1].Item2 is not null)
            {
                throw new JinjaException($"the parameter '{name}' without a default follows one with a default");
            }

            parameters.Add((name, given));
        }

        return [.. parameters];
    }
}
