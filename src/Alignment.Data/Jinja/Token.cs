namespace Alignment.Data.Jinja;

/// <summary>A piece of a template's source.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Value">Its text; of strings and numbers without quotes, escapes and underscores.</param>
/// <param name="Line">Where it begins, from 1.</param>
internal readonly record struct Token(TokenKind Kind, string Value, int Line)
{
    /// <summary>Whether it is this name.</summary>
    public bool IsName(string name) => Kind == TokenKind.Name && Value == name;

    /// <summary>Whether it is this operator.</summary>
    public bool Is(string symbol) => Kind == TokenKind.Operator && Value == symbol;

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        TokenKind.End => "the end of the template",
        TokenKind.Data => "text",
        TokenKind.String => "a string",
        _ => $"'{Value}'",
    };
}
