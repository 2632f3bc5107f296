using System.Globalization;

namespace Alignment.Data.Jinja;

/// <summary>Values as Python's <c>json.dumps</c> writes them.</summary>
internal sealed class JsonText
{
    private readonly Layout _layout;
    private readonly Budget _budget;
    private readonly TextBuilder _result;
    private readonly Text _itemSeparator;
    private readonly Text _keySeparator;

    private JsonText(Layout layout, Budget budget)
    {
        (_layout, _budget, _result) = (layout, budget, new(budget));
        (_itemSeparator, _keySeparator) = layout.Separators is null ? (layout.Indent is null ? ", " : ",", ": ")
            : layout.Separators is [Text item, Text key] ? (item, key)
            : throw new JinjaException("the separators of tojson are two texts, one between items, one after keys");
    }

    /// <summary>The value as JSON. Texts keep their origin.</summary>
    /// <exception cref="JinjaException">A value that JSON has no form for.</exception>
    public static Text Write(object value, Layout layout, Budget budget)
    {
        var writer = new JsonText(layout, budget);
        writer.Write(value, 0);
        return writer._result.ToText();
    }

    private void Write(object value, int depth)
    {
        _budget.Step();
        switch (value)
        {
            case Text text:
                WriteString(text);
                break;
            case bool flag:
                _result.Append(flag ? "true" : "false");
                break;
            case None:
                _result.Append("null");
                break;
            case double real:
                _result.Append(Real(real));
                break;
            case ListValue list:
                WriteAll('[', ']', list.Items, item => Write(item, depth + 1), depth);
                break;
            case DictValue dict:
                var pairs = _layout.SortKeys ? Ordering.Sort(dict.Items, pair => pair.Key, reverse: false, _budget) : dict.Items;
                WriteAll('{', '}', pairs, pair => WritePair(pair, depth + 1), depth);
                break;
            default:
                _result.Append(Operators.IsNumber(value) ? PythonText.Of(value, _budget)
                    : throw new JinjaException($"Object of type {TypeNames.Of(value)} is not JSON serializable"));
                break;
        }
    }

    private void WriteAll<T>(char open, char close, IReadOnlyList<T> items, Action<T> write, int depth)
    {
        _result.Append([open]);
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0)
            {
                _result.Append(_itemSeparator);
            }

            BreakLine(depth + 1);
            write(items[i]);
        }

        if (items.Count > 0)
        {
            BreakLine(depth);
        }

        _result.Append([close]);
    }

    private void BreakLine(int depth)
    {
        if (_layout.Indent is { } indent)
        {
            _result.Append("\n");
            for (var i = 0; i < depth; i++)
            {
                _result.Append(indent);
            }
        }
    }

    private void WritePair(KeyValuePair<object, object> pair, int depth)
    {
        WriteString(pair.Key switch
        {
            Text text => text,
            bool flag => flag ? "true" : "false",
            None => "null",
            double real => Real(real),
            _ when Operators.IsNumber(pair.Key) => PythonText.Of(pair.Key, _budget),
            _ => throw new JinjaException($"keys must be str, int, float, bool or None, not {TypeNames.Of(pair.Key)}"),
        });
        _result.Append(_keySeparator);
        Write(pair.Value, depth);
    }

    private static string Real(double value) => double.IsFinite(value) ? PythonText.Float(value) : double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";

    private void WriteString(Text text)
    {
        _result.Append("\"");
        var done = 0;
        for (var i = 0; i < text.Value.Length; i++)
        {
            if (Escape(text.Value[i]) is { } escape)
            {
                _result.Append(text, done, i).Append(text.Slice(i, i + 1).Mapped(escape));
                done = i + 1;
            }
        }

        _result.Append(text, done, text.Value.Length).Append("\"");
    }

    private string? Escape(char character) => character switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\f' => "\\f",
        '\b' => "\\b",
        < ' ' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
        > '\u007e' when _layout.EnsureAscii && character != '\u007f' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
        _ => null,
    };

    /// <summary>The arguments of <c>tojson</c>.</summary>
    /// <param name="EnsureAscii">Whether other characters than ASCII's become escapes.</param>
    /// <param name="Indent">One step of indentation; null writes one line.</param>
    /// <param name="Separators">Between items and after keys; null for the usual ones.</param>
    /// <param name="SortKeys">Whether keys are put in order.</param>
    internal sealed record Layout(bool EnsureAscii, Text? Indent, IReadOnlyList<object>? Separators, bool SortKeys);
}
