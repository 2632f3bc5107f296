using System.Globalization;
using System.Numerics;

namespace Alignment.Data.Jinja;

/// <summary>Filters that give numbers, and <c>default</c>.</summary>
internal static class NumberFilters
{
    /// <summary>By name.</summary>
    public static readonly Dictionary<string, Func<object, CallArguments, Renderer, object>> All = new(StringComparer.Ordinal)
    {
        ["abs"] = (value, arguments, _) => Abs(value, arguments),
        ["int"] = (value, arguments, _) => Int(value, arguments),
        ["float"] = (value, arguments, _) => Float(value, arguments),
        ["round"] = (value, arguments, _) => Round(value, arguments),
        ["length"] = (value, arguments, _) => Count(value, arguments),
        ["count"] = (value, arguments, _) => Count(value, arguments),
        ["default"] = (value, arguments, _) => Default(value, arguments),
        ["d"] = (value, arguments, _) => Default(value, arguments),
    };

    private static object Count(object value, CallArguments arguments)
    {
        arguments.Bind("length", 0);
        return Values.Count(value);
    }

    private static object Default(object value, CallArguments arguments)
    {
        var given = arguments.Bind("default", 0, "default_value", "boolean");
        return value is UndefinedValue || (given[1] is { } boolean && Operators.IsTrue(boolean) && !Operators.IsTrue(value)) ? given[0] ?? Text.Empty : value;
    }

    private static object Abs(object value, CallArguments arguments)
    {
        arguments.Bind("abs", 0);
        return value switch
        {
            double number => Math.Abs(number),
            UndefinedValue undefined => throw undefined.Error,
            _ when Operators.IsNumber(value) => Operators.Shrink(BigInteger.Abs(Operators.Whole(value))),
            _ => throw new JinjaException($"bad operand type for abs(): '{TypeNames.Of(value)}'"),
        };
    }

    private static object Int(object value, CallArguments arguments)
    {
        var given = arguments.Bind("int", 0, "default", "base");
        var radix = given[1] is { } number ? Values.Integer(number) : 10;
        return value switch
        {
            UndefinedValue undefined => throw undefined.Error,
            double real when double.IsFinite(real) => Operators.Shrink(new BigInteger(real)),
            double => given[0] ?? 0L,
            Text text => Parse(text.Value, radix) ?? given[0] ?? 0L,
            _ when Operators.IsNumber(value) => Operators.Shrink(Operators.Whole(value)),
            _ => given[0] ?? 0L,
        };
    }

    private static object? Parse(string text, long radix)
    {
        var digits = text.Trim().Replace("_", "", StringComparison.Ordinal);
        var negative = digits.StartsWith('-');
        digits = negative || digits.StartsWith('+') ? digits[1..] : digits;
        if (radix != 10)
        {
            digits = digits.Length > 2 && digits[0] == '0' && char.ToLowerInvariant(digits[1]) == (radix switch { 16 => 'x', 8 => 'o', 2 => 'b', _ => '\0' }) ? digits[2..] : digits;
            long value = 0;
            foreach (var digit in digits)
            {
                var worth = char.IsAsciiDigit(digit) ? digit - '0' : char.IsAsciiLetter(digit) ? char.ToLowerInvariant(digit) - 'a' + 10 : int.MaxValue;
                if (worth >= radix || value > long.MaxValue / 64)
                {
                    return null;
                }

                value = (value * radix) + worth;
            }

            return digits.Length == 0 ? null : negative ? -value : value;
        }

        if (digits.Length is > 0 and <= Operators.MostDigits && digits.All(char.IsAsciiDigit))
        {
            var value = BigInteger.Parse(digits, CultureInfo.InvariantCulture);
            return Operators.Shrink(negative ? -value : value);
        }

        return Real(text) is { } real && double.IsFinite(real) ? Operators.Shrink(new BigInteger(real)) : null;
    }

    private static object Float(object value, CallArguments arguments)
    {
        var given = arguments.Bind("float", 0, "default");
        return value switch
        {
            UndefinedValue undefined => throw undefined.Error,
            Text text => Real(text.Value) ?? given[0] ?? 0.0,
            _ when Operators.IsNumber(value) => Operators.Real(value),
            _ => given[0] ?? 0.0,
        };
    }

    private static double? Real(string text)
    {
        var trimmed = text.Trim().Replace("_", "", StringComparison.Ordinal);
        return trimmed.TrimStart('+', '-').ToLowerInvariant() switch
        {
            "inf" or "infinity" => trimmed[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity,
            "nan" => double.NaN,
            _ => double.TryParse(trimmed, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var value) ? value : null,
        };
    }

    private static object Round(object value, CallArguments arguments)
    {
        var given = arguments.Bind("round", 0, "precision", "method");
        var precision = given[0] is { } digits ? Values.Integer(digits) : 0;
        var method = given[1] is { } name ? Values.String(name, "round").Value : "common";
        if (!Operators.IsNumber(value) || Math.Abs(precision) > 15)
        {
            throw value is UndefinedValue undefined ? undefined.Error : new JinjaException($"round cannot round a {TypeNames.Of(value)} to {precision} digits");
        }

        var scale = Math.Pow(10, precision);
        return method switch
        {
            "common" when value is not double && precision >= 0 => value,
            "common" => Common(Operators.Real(value), (int)precision) is var rounded && value is double ? rounded : Operators.Shrink(new BigInteger(rounded)),
            "ceil" => Math.Ceiling(Operators.Real(value) * scale) / scale,
            "floor" => Math.Floor(Operators.Real(value) * scale) / scale,
            _ => throw new JinjaException("the method of round must be common, ceil or floor"),
        };
    }

    private static double Common(double value, int precision) => double.IsFinite(value)
        ? Math.CopySign(double.Parse(FixedPoint.Of(Math.Abs(value), precision), CultureInfo.InvariantCulture), value)
        : value;
}
