namespace Alignment.Data.Jinja;

/// <summary>A place in a list of tokens.</summary>
internal sealed class TokenStream(IReadOnlyList<Token> tokens)
{
    private int _at;
    private int _nesting;

    /// <summary>The token at this place.</summary>
    public Token Current => tokens[_at];

    /// <summary>The token after it.</summary>
    public Token Ahead => tokens[Math.Min(_at + 1, tokens.Count - 1)];

    /// <summary>Takes the token.</summary>
    public Token Next()
    {
        var token = Current;
        _at = Math.Min(_at + 1, tokens.Count - 1);
        return token;
    }

    /// <summary>Takes the token if it is this operator.</summary>
    public bool Skip(string symbol) => Take(Current.Is(symbol));

    /// <summary>Takes the token if it is this name.</summary>
    public bool SkipName(string name) => Take(Current.IsName(name));

    /// <summary>Takes an operator that must stand here.</summary>
    public void Expect(string symbol)
    {
        if (!Skip(symbol))
        {
            throw Unexpected($"'{symbol}'");
        }
    }

    /// <summary>Takes a name that must stand here.</summary>
    public void ExpectName(string name)
    {
        if (!SkipName(name))
        {
            throw Unexpected($"'{name}'");
        }
    }

    /// <summary>Takes a token of a kind that must stand here.</summary>
    public Token Expect(TokenKind kind, string what) => Current.Kind == kind ? Next() : throw Unexpected(what);

    /// <summary>The error of a token that cannot stand here.</summary>
    public JinjaException Unexpected(string expected) => new($"{expected} expected, not {Current}");

    /// <summary>Reads what is nested one level deeper.</summary>
    public T Nested<T>(Func<T> read)
    {
        if (++_nesting > Budget.MostNesting)
        {
            throw new JinjaException($"tags or expressions are nested more than {Budget.MostNesting} deep");
        }

        var result = read();
        _nesting--;
        return result;
    }

    private bool Take(bool fits)
    {
        if (fits)
        {
            Next();
        }

        return fits;
    }
}
