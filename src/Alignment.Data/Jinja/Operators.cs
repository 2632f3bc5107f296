using System.Numerics;

namespace Alignment.Data.Jinja;

/// <summary>Python's operators.</summary>
internal static class Operators
{
    /// <summary>Digits that an integer may have.</summary>
    public const int MostDigits = 300;

    // Looking at characters costs less than making them.
    private const int CharactersPerUnit = 16;

    private static readonly BigInteger Largest = BigInteger.Pow(10, MostDigits);

    /// <summary>Whether a value counts as true.</summary>
    public static bool IsTrue(object value) => value switch
    {
        bool flag => flag,
        None or UndefinedValue => false,
        Text text => text.Value.Length > 0,
        long number => number != 0,
        BigInteger => true,
        double number => number != 0,
        ListValue list => list.Items.Count > 0,
        DictValue dict => dict.Items.Count > 0,
        SequenceValue sequence => sequence.Count is not 0,
        _ => true,
    };

    /// <summary><c>==</c>: numbers by value, whatever their type; lists and tuples never equal each other.</summary>
    public static bool AreEqual(object left, object right, Budget? budget)
    {
        budget?.Step();
        return (left, right) switch
        {
            (Text a, Text b) => a.Value.Length == b.Value.Length && IsSame(a, b, budget),
            (ListValue a, ListValue b) => a.IsTuple == b.IsTuple && a.Items.Count == b.Items.Count && a.Items.Zip(b.Items).All(pair => AreEqual(pair.First, pair.Second, budget)),
            (DictValue a, DictValue b) => a.Items.Count == b.Items.Count && a.Items.All(pair => b.Find(pair.Key) is { } other && AreEqual(pair.Value, other, budget)),
            (UndefinedValue, UndefinedValue) => true,
            _ when IsNumber(left) && IsNumber(right) => left is double || right is double ? Real(left) == Real(right) : Whole(left) == Whole(right),
            _ => ReferenceEquals(left, right),
        };
    }

    /// <summary>Less than 0, 0 or more: the order of numbers, texts, lists or tuples.</summary>
    /// <exception cref="JinjaException">The two have no order.</exception>
    public static int Compare(object left, object right, string symbol, Budget budget)
    {
        budget.Step();
        return (left, right) switch
        {
            (UndefinedValue undefined, _) => throw undefined.Error,
            (_, UndefinedValue undefined) => throw undefined.Error,
            (Text a, Text b) => CompareText(a.Value, b.Value, budget),
            (ListValue a, ListValue b) when a.IsTuple == b.IsTuple => CompareLists(a.Items, b.Items, symbol, budget),
            _ when IsNumber(left) && IsNumber(right) => left is double || right is double ? CompareReal(Real(left), Real(right)) : Whole(left).CompareTo(Whole(right)),
            _ => throw new JinjaException($"'{symbol}' not supported between instances of '{TypeNames.Of(left)}' and '{TypeNames.Of(right)}'"),
        };
    }

    /// <summary><c>item in container</c>.</summary>
    public static bool Contains(object container, object item, Budget budget)
    {
        switch (container)
        {
            case Text text:
                budget.Charge(text.Value.Length / CharactersPerUnit);
                return item switch
                {
                    Text part => text.Value.Contains(part.Value, StringComparison.Ordinal),
                    _ => throw new JinjaException($"'in <string>' requires string as left operand, not {TypeNames.Of(item)}"),
                };
            case DictValue dict:
                return dict.Find(item) is not null;
            case NamespaceValue or FunctionValue or MacroValue:
                throw new JinjaException($"argument of type '{TypeNames.Of(container)}' is not iterable");
            default:
                return Values.Iterate(container, budget).Any(other => AreEqual(other, item, budget));
        }
    }

    /// <summary><c>+ - * / // % **</c></summary>
    /// <exception cref="JinjaException">The operands do not fit the operator.</exception>
    public static object Apply(string symbol, object left, object right, Budget budget) => (left, right) switch
    {
        (UndefinedValue undefined, _) => throw undefined.Error,
        (_, UndefinedValue undefined) when !(symbol == "%" && left is Text) => throw undefined.Error,
        (Text a, Text b) when symbol == "+" => Markup.Add(a, b, budget),
        (Text format, _) when symbol == "%" => PrintfFormat.Apply(format, right, budget),
        (ListValue a, ListValue b) when symbol == "+" && a.IsTuple == b.IsTuple => Join(a, b, budget),
        (Text or ListValue, long or bool) when symbol == "*" => Repeat(left, Values.Integer(right), budget),
        (long or bool, Text or ListValue) when symbol == "*" => Repeat(right, Values.Integer(left), budget),
        _ when IsNumber(left) && IsNumber(right) => left is double || right is double || symbol == "/"
            ? Reals(symbol, Real(left), Real(right)) : Wholes(symbol, Whole(left), Whole(right)),
        (Text, _) when symbol == "+" => throw new JinjaException($"can only concatenate str (not \"{TypeNames.Of(right)}\") to str"),
        _ => throw new JinjaException($"unsupported operand type(s) for {symbol}: '{TypeNames.Of(left)}' and '{TypeNames.Of(right)}'"),
    };

    /// <summary><c>-a</c> or <c>+a</c>.</summary>
    public static object Sign(char sign, object value) => value switch
    {
        UndefinedValue undefined => throw undefined.Error,
        double number => sign == '-' ? -number : number,
        _ when IsNumber(value) => Shrink(sign == '-' ? -Whole(value) : Whole(value)),
        _ => throw new JinjaException($"bad operand type for unary {sign}: '{TypeNames.Of(value)}'"),
    };

    /// <summary>Whether it is a number; Python counts booleans among them.</summary>
    public static bool IsNumber(object value) => value is long or double or bool or BigInteger;

    /// <summary>A number as a float.</summary>
    public static double Real(object number) => number switch
    {
        double real => real,
        bool flag => flag ? 1 : 0,
        BigInteger big => (double)big,
        _ => (long)number,
    };

    /// <summary>A whole number as such.</summary>
    public static BigInteger Whole(object number) => number switch
    {
        bool flag => flag ? 1 : 0,
        BigInteger big => big,
        _ => (long)number,
    };

    /// <summary>A whole number in the smallest type that holds it.</summary>
    public static object Shrink(BigInteger number) =>
        BigInteger.Abs(number) > Largest ? throw new JinjaException($"a number has more than {MostDigits} digits")
        : number >= long.MinValue && number <= long.MaxValue ? (object)(long)number
        : number;

    private static bool IsSame(Text left, Text right, Budget? budget)
    {
        budget?.Charge(left.Value.Length / CharactersPerUnit);
        return left.Equals(right);
    }

    private static int CompareReal(double left, double right) => left < right ? -1 : left == right ? 0 : 1;

    /// <summary>By code points: surrogate pairs come after every other character.</summary>
    private static int CompareText(string left, string right, Budget budget)
    {
        budget.Charge(Math.Min(left.Length, right.Length) / CharactersPerUnit);
        var same = left.AsSpan().CommonPrefixLength(right);
        if (same == left.Length || same == right.Length)
        {
            return left.Length.CompareTo(right.Length);
        }

        var (a, b) = (left[same], right[same]);
        return char.IsSurrogate(a) == char.IsSurrogate(b) ? a.CompareTo(b) : char.IsSurrogate(a) ? 1 : -1;
    }

    private static int CompareLists(IReadOnlyList<object> left, IReadOnlyList<object> right, string symbol, Budget budget)
    {
        for (var i = 0; i < Math.Min(left.Count, right.Count); i++)
        {
            if (!AreEqual(left[i], right[i], budget))
            {
                return Compare(left[i], right[i], symbol, budget);
            }
        }

        return left.Count.CompareTo(right.Count);
    }

    private static ListValue Join(ListValue left, ListValue right, Budget budget)
    {
        budget.Charge(8L * (left.Items.Count + right.Items.Count));
        return new([.. left.Items, .. right.Items], left.IsTuple);
    }

    private static object Repeat(object value, long count, Budget budget)
    {
        count = Math.Max(0, count);
        if (value is ListValue list)
        {
            budget.Charge(checked(8 * Math.Min(count, int.MaxValue) * list.Items.Count));
            return new ListValue([.. Enumerable.Range(0, (int)Math.Min(count, int.MaxValue)).SelectMany(_ => list.Items)], list.IsTuple);
        }

        var text = (Text)value;
        var result = new TextBuilder(budget);
        for (; count > 0 && text.Value.Length > 0; count--)
        {
            budget.Step();
            result.Append(text);
        }

        return result.ToText(text.IsMarkup);
    }

    private static object Wholes(string symbol, BigInteger left, BigInteger right)
    {
        if (symbol is "//" or "%")
        {
            if (right.IsZero)
            {
                throw new JinjaException("integer division or modulo by zero");
            }

            var remainder = BigInteger.Remainder(left, right);
            remainder += !remainder.IsZero && (remainder.Sign < 0) != (right.Sign < 0) ? right : 0;
            return Shrink(symbol == "%" ? remainder : (left - remainder) / right);
        }

        if (symbol == "**")
        {
            return right.Sign < 0 ? Reals(symbol, (double)left, (double)right)
                : right > MostDigits * 4 && !(BigInteger.Abs(left) <= 1) ? throw new JinjaException($"a number has more than {MostDigits} digits")
                : Shrink(BigInteger.Pow(left, (int)(right > 4096 ? 4096 + (right % 2) : right)));
        }

        return Shrink(symbol switch { "+" => left + right, "-" => left - right, _ => left * right });
    }

    private static object Reals(string symbol, double left, double right)
    {
        if (right == 0 && (symbol is "/" or "//" or "%"))
        {
            throw new JinjaException("division by zero");
        }

        if (symbol == "**")
        {
            return left == 0 && right < 0 ? throw new JinjaException("0.0 cannot be raised to a negative power") : Math.Pow(left, right);
        }

        var remainder = symbol is "//" or "%" ? Modulo(left, right) : 0;
        return symbol switch
        {
            "+" => left + right,
            "-" => left - right,
            "*" => left * right,
            "/" => left / right,
            "%" => remainder,
            _ => Math.Round((left - remainder) / right),
        };
    }

    private static double Modulo(double left, double right)
    {
        var remainder = left % right;
        return remainder != 0 && (remainder < 0) != (right < 0) ? remainder + right : remainder;
    }
}
