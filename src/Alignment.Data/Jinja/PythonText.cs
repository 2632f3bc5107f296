using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Alignment.Data.Jinja;

/// <summary>Values as Python's <c>str</c> and <c>repr</c> write them.</summary>
internal static class PythonText
{
    /// <summary><c>str(value)</c>.</summary>
    public static Text Of(object value, Budget budget) => value switch
    {
        Text text => text,
        UndefinedValue => Text.Empty,
        bool or long or BigInteger or double or None => Scalar(value),
        _ => Repr(value, budget),
    };

    /// <summary><c>repr(value)</c>.</summary>
    public static Text Repr(object value, Budget budget)
    {
        var result = new TextBuilder(budget);
        Write(value, result, budget);
        return result.ToText();
    }

    /// <summary>A float: the shortest digits that give it back, with an exponent below 1e-4 and from 1e16 on.</summary>
    public static string Float(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }

        var scientific = value.ToString("E16", CultureInfo.InvariantCulture);
        var exponent = int.Parse(scientific[(scientific.IndexOf('E', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture);
        var (sign, digits, point) = Shortest(value);
        if (value != 0 && (exponent < -4 || exponent >= 16))
        {
            var shown = digits.Length > 1 ? $"{digits[0]}.{digits[1..]}" : digits;
            return FormattableString.Invariant($"{sign}{shown}e{(point - 1 < 0 ? '-' : '+')}{Math.Abs(point - 1):00}");
        }

        return point <= 0 ? $"{sign}0.{new string('0', -point)}{digits}"
            : digits.Length <= point ? $"{sign}{digits}{new string('0', point - digits.Length)}.0"
            : $"{sign}{digits[..point]}.{digits[point..]}";
    }

    private static string Scalar(object value) => value switch
    {
        bool flag => flag ? "True" : "False",
        long number => number.ToString(CultureInfo.InvariantCulture),
        BigInteger number => number.ToString(CultureInfo.InvariantCulture),
        double number => Float(number),
        _ => "None",
    };

    /// <summary>The digits without zeros at either end, and how many of them stand before the point.</summary>
    private static (string Sign, string Digits, int Point) Shortest(double value)
    {
        var text = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        var mark = text.IndexOf('E', StringComparison.Ordinal);
        var exponent = mark < 0 ? 0 : int.Parse(text[(mark + 1)..], CultureInfo.InvariantCulture);
        var mantissa = mark < 0 ? text : text[..mark];
        var dot = mantissa.IndexOf('.', StringComparison.Ordinal);
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        var point = (dot < 0 ? digits.Length : dot) + exponent;
        var zeros = digits.Length - digits.TrimStart('0').Length;
        digits = digits.Trim('0');
        return (double.IsNegative(value) ? "-" : "", digits.Length == 0 ? "0" : digits, digits.Length == 0 ? 1 : point - zeros);
    }

    private static void Write(object value, TextBuilder result, Budget budget)
    {
        budget.Step();
        switch (value)
        {
            case Text text:
                WriteQuoted(text, result);
                break;
            case ListValue list:
                result.Append(list.IsTuple ? "(" : "[");
                WriteItems(list.Items, result, budget);
                result.Append(list is { IsTuple: true, Items.Count: 1 } ? ",)" : list.IsTuple ? ")" : "]");
                break;
            case DictValue dict:
                WritePairs(dict, result, budget);
                break;
            case SequenceValue { Shown: { } shown }:
                result.Append(shown);
                break;
            case SequenceValue sequence:
                result.Append($"{sequence.Kind}([");
                WriteItems(sequence.Take(), result, budget);
                result.Append("])");
                break;
            case NamespaceValue space:
                var attributes = new DictValue();
                foreach (var (name, item) in space.Attributes)
                {
                    attributes.Set((Text)name, item is NamespaceValue ? new UndefinedValue(name) : item);
                }

                result.Append("<Namespace ");
                WritePairs(attributes, result, budget);
                result.Append(">");
                break;
            case UndefinedValue:
                result.Append("Undefined");
                break;
            case LoopValue or FunctionValue or MacroValue:
                result.Append($"<{TypeNames.Of(value)}>");
                break;
            default:
                result.Append(Scalar(value));
                break;
        }
    }

    private static void WriteItems(IEnumerable<object> items, TextBuilder result, Budget budget)
    {
        var first = true;
        foreach (var item in items)
        {
            result.Append(first ? "" : ", ");
            first = false;
            Write(item, result, budget);
        }
    }

    private static void WritePairs(DictValue dict, TextBuilder result, Budget budget)
    {
        result.Append("{");
        var first = true;
        foreach (var (key, value) in dict.Items)
        {
            result.Append(first ? "" : ", ");
            first = false;
            Write(key, result, budget);
            result.Append(": ");
            Write(value, result, budget);
        }

        result.Append("}");
    }

    private static void WriteQuoted(Text text, TextBuilder result)
    {
        var quote = text.Value.Contains('\'') && !text.Value.Contains('"') ? "\"" : "'";
        result.Append(quote);
        for (var i = 0; i < text.Value.Length;)
        {
            var next = i + Text.Units(text.Value, i);
            if (Escape(text.Value.AsSpan(i, next - i), quote[0]) is { } escape)
            {
                result.Append(text.Mapped(text.Value).Slice(i, next).Mapped(escape));
            }
            else
            {
                result.Append(text, i, next);
            }

            i = next;
        }

        result.Append(quote);
    }

    private static string? Escape(ReadOnlySpan<char> character, char quote) => character[0] switch
    {
        '\\' => "\\\\",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        var c when c == quote => $"\\{c}",
        _ => Rune.DecodeFromUtf16(character, out var rune, out _) == OperationStatus.Done && PythonChars.IsPrintable(rune) ? null : Code(character, rune),
    };

    private static string Code(ReadOnlySpan<char> character, Rune rune)
    {
        var value = char.IsSurrogate(character[0]) && character.Length == 1 ? character[0] : rune.Value;
        return value < 0x100 ? $"\\x{value:x2}" : value < 0x10000 ? $"\\u{value:x4}" : $"\\U{value:x8}";
    }
}
