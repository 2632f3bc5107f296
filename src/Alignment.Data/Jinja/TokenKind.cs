namespace Alignment.Data.Jinja;

/// <summary>Kinds of <see cref="Token"/>.</summary>
internal enum TokenKind
{
    /// <summary>Text outside of tags.</summary>
    Data,

    /// <summary><c>{{</c></summary>
    OutputBegin,

    /// <summary><c>}}</c></summary>
    OutputEnd,

    /// <summary><c>{%</c></summary>
    BlockBegin,

    /// <summary><c>%}</c></summary>
    BlockEnd,

    /// <summary>A name or keyword.</summary>
    Name,

    /// <summary>A string literal, its escapes resolved.</summary>
    String,

    /// <summary>An integer literal.</summary>
    Integer,

    /// <summary>A literal with a point or exponent.</summary>
    Float,

    /// <summary>An operator or bracket.</summary>
    Operator,

    /// <summary>The end of the template.</summary>
    End,
}
