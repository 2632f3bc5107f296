namespace Alignment.Data.Jinja;

/// <summary>
/// A template's source to tokens: text, and what stands in tags. White space as transformers sets it (trim_blocks and lstrip_blocks): a line break
/// after a block is dropped, blanks between the line's beginning and a block too; <c>-</c> drops all white space on that side, <c>+</c> keeps it.
/// </summary>
internal sealed class Lexer
{
    private readonly string _source;
    private readonly List<Token> _tokens = [];
    private int _at;
    private int _line = 1;
    private bool _atLineStart = true;

    private Lexer(string source) => _source = source;

    /// <summary>All tokens; the last is <see cref="TokenKind.End"/>.</summary>
    /// <exception cref="JinjaException">The source is too long, or a tag is broken or not closed.</exception>
    public static IReadOnlyList<Token> Read(string name, string source)
    {
        if (source.Length > Budget.MostSource)
        {
            throw new JinjaException($"the template has {source.Length} characters, more than {Budget.MostSource}").At(name, 1);
        }

        var text = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        var lexer = new Lexer(text.EndsWith('\n') ? text[..^1] : text);
        try
        {
            lexer.ReadAll();
        }
        catch (JinjaException e)
        {
            throw e.At(name, lexer._line);
        }

        return lexer._tokens;
    }

    private void ReadAll()
    {
        while (_at < _source.Length)
        {
            var tag = NextTag(_at);
            if (tag < 0)
            {
                AddData(_source[_at..]);
                break;
            }

            var kind = _source[tag + 1];
            var sign = tag + 2 < _source.Length && _source[tag + 2] is '-' or '+' ? _source[tag + 2] : '\0';
            AddData(Stripped(_source[_at..tag], sign, kind != '{'));
            _line += CountLines(_at, tag);
            _at = tag + (sign == '\0' ? 2 : 3);
            switch (kind)
            {
                case '#':
                    SkipComment();
                    break;
                case '%' when RawTag(_at, "raw") is { } end:
                    Advance(end);
                    ReadRaw();
                    break;
                default:
                    ReadTag(kind == '{');
                    break;
            }
        }

        _tokens.Add(new(TokenKind.End, "", _line));
    }

    private int NextTag(int from)
    {
        for (var i = _source.IndexOf('{', from); i >= 0 && i + 1 < _source.Length; i = _source.IndexOf('{', i + 1))
        {
            if (_source[i + 1] is '{' or '%' or '#')
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Text before a tag, without what the tag's sign or lstrip_blocks takes away.</summary>
    private string Stripped(string text, char sign, bool isBlock)
    {
        if (sign == '-')
        {
            return text[..PythonChars.TrimmedEnd(text)];
        }

        if (sign == '+' || !isBlock)
        {
            return text;
        }

        var lineStart = text.LastIndexOf('\n') + 1;
        var isBlank = lineStart < text.Length && text.AsSpan(lineStart).IndexOfAnyExcept(PythonChars.Spaces) < 0;
        return (lineStart > 0 || _atLineStart) && isBlank ? text[..lineStart] : text;
    }

    private void AddData(string text)
    {
        if (text.Length > 0)
        {
            _tokens.Add(new(TokenKind.Data, text, _line));
        }
    }

    private void SkipComment()
    {
        var end = _source.IndexOf("#}", _at, StringComparison.Ordinal);
        if (end < 0)
        {
            throw new JinjaException("a comment {# is not closed by #}");
        }

        var sign = end > _at ? _source[end - 1] : '\0';
        Advance(AfterBlock(end + 2, sign));
    }

    /// <summary>Where a block's closing brackets take the text up again.</summary>
    private int AfterBlock(int end, char sign)
    {
        if (sign == '-')
        {
            var rest = _source.AsSpan(end).IndexOfAnyExcept(PythonChars.Spaces);
            return rest < 0 ? _source.Length : end + rest;
        }

        return sign != '+' && end < _source.Length && _source[end] == '\n' ? end + 1 : end;
    }

    private void Advance(int to)
    {
        _line += CountLines(_at, to);
        _at = to;
        _atLineStart = to > 0 && _source[to - 1] == '\n';
    }

    private int CountLines(int from, int to) => _source.AsSpan(from, to - from).Count('\n');

    /// <summary>Where <c>raw %}</c> or <c>endraw %}</c> ends that begins here; null where there is none.</summary>
    private int? RawTag(int from, string word)
    {
        var at = SkipSpaces(from);
        if (!_source.AsSpan(at).StartsWith(word, StringComparison.Ordinal))
        {
            return null;
        }

        at = SkipSpaces(at + word.Length);
        var sign = at < _source.Length && _source[at] is '-' or '+' ? _source[at++] : '\0';
        if (!_source.AsSpan(at).StartsWith("%}", StringComparison.Ordinal) || (word == "raw" && sign == '+'))
        {
            return null;
        }

        // Only a block drops the line break behind it; the beginning of raw text keeps it.
        return word == "raw" && sign == '\0' ? at + 2 : AfterBlock(at + 2, sign);
    }

    private void ReadRaw()
    {
        for (var i = _source.IndexOf("{%", _at, StringComparison.Ordinal); i >= 0; i = _source.IndexOf("{%", i + 2, StringComparison.Ordinal))
        {
            var sign = i + 2 < _source.Length && _source[i + 2] is '-' or '+' ? _source[i + 2] : '\0';
            if (RawTag(sign == '\0' ? i + 2 : i + 3, "endraw") is { } end)
            {
                AddData(Stripped(_source[_at..i], sign, isBlock: true));
                Advance(end);
                return;
            }
        }

        throw new JinjaException("{% raw %} is not closed by {% endraw %}");
    }

    private void ReadTag(bool isOutput)
    {
        var close = isOutput ? "}}" : "%}";
        _tokens.Add(new(isOutput ? TokenKind.OutputBegin : TokenKind.BlockBegin, isOutput ? "{{" : "{%", _line));
        var open = new Stack<char>();
        var inner = new ExpressionLexer(_source);
        while (true)
        {
            var at = SkipSpaces(_at);
            _line += CountLines(_at, at);
            _at = at;
            if (at >= _source.Length)
            {
                throw new JinjaException($"the template ends inside of a tag that {close} should close");
            }

            var sign = _source[at] == '-' || (!isOutput && _source[at] == '+') ? _source[at] : '\0';
            var end = sign == '\0' ? at : at + 1;
            if (open.Count == 0 && _source.AsSpan(end).StartsWith(close, StringComparison.Ordinal))
            {
                _tokens.Add(new(isOutput ? TokenKind.OutputEnd : TokenKind.BlockEnd, close, _line));
                Advance(isOutput && sign == '\0' ? end + 2 : AfterBlock(end + 2, sign));
                return;
            }

            var token = inner.Read(ref _at, _line);
            Balance(open, token);
            _tokens.Add(token);
            _line += CountLines(at, _at);
        }
    }

    private static void Balance(Stack<char> open, Token token)
    {
        if (token.Kind != TokenKind.Operator)
        {
            return;
        }

        var symbol = token.Value[0];
        if (symbol is '(' or '[' or '{')
        {
            open.Push(symbol == '(' ? ')' : symbol == '[' ? ']' : '}');
        }
        else if (symbol is ')' or ']' or '}' && (!open.TryPop(out var expected) || expected != symbol))
        {
            throw new JinjaException($"an unexpected '{symbol}'");
        }
    }

    private int SkipSpaces(int from)
    {
        while (from < _source.Length && PythonChars.IsSpace(_source[from]))
        {
            from++;
        }

        return from;
    }
}
