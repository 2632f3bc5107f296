using System.Numerics;

namespace Alignment.Data.Jinja;

/// <summary>What can be done with values of any type: loop, count, look inside.</summary>
internal static class Values
{
    /// <summary>What a loop gets.</summary>
    /// <exception cref="JinjaException">The value cannot be looped over.</exception>
    public static IEnumerable<object> Iterate(object value, Budget budget)
    {
        budget.Step();
        return value switch
        {
            ListValue list => list.Items,
            Text text => text.Characters(),
            DictValue dict => dict.Items.Select(pair => pair.Key),
            SequenceValue sequence => sequence.Take(),
            UndefinedValue => [],
            _ => throw new JinjaException($"'{TypeNames.Of(value)}' object is not iterable"),
        };
    }

    /// <summary>All items, counted against the budget.</summary>
    /// <exception cref="JinjaException">The value cannot be looped over.</exception>
    public static List<object> Items(object value, Budget budget)
    {
        var items = new List<object>();
        foreach (var item in Iterate(value, budget))
        {
            budget.Step();
            budget.Charge(8);
            items.Add(item);
        }

        return items;
    }

    /// <summary>How many items or characters.</summary>
    /// <exception cref="JinjaException">The value has no length.</exception>
    public static long Count(object value) => value switch
    {
        Text text => text.Length,
        ListValue list => list.Items.Count,
        DictValue dict => dict.Items.Count,
        SequenceValue { Count: { } count } => count,
        UndefinedValue => 0,
        _ => throw new JinjaException($"object of type '{TypeNames.Of(value)}' has no len()"),
    };

    /// <summary>An argument that must be a whole number.</summary>
    public static long Integer(object value) => value switch
    {
        long number => number,
        bool flag => flag ? 1 : 0,
        UndefinedValue undefined => throw undefined.Error,
        BigInteger number => number.Sign > 0 ? long.MaxValue : long.MinValue,
        _ => throw new JinjaException($"'{TypeNames.Of(value)}' object cannot be interpreted as an integer"),
    };

    /// <summary>An argument that must be a text.</summary>
    public static Text String(object value, string callee) => value switch
    {
        Text text => text,
        UndefinedValue undefined => throw undefined.Error,
        _ => throw new JinjaException($"{callee} needs a str, not {TypeNames.Of(value)}"),
    };

    /// <summary><c>target.name</c>: a method or attribute first, then a key.</summary>
    public static object Attribute(object target, string name, Budget budget)
    {
        if (target is UndefinedValue undefined)
        {
            throw undefined.Error;
        }

        return Member(target, name, budget) ?? (target as DictValue)?.Find((Text)name) ?? Missing(target, name);
    }

    /// <summary><c>target[key]</c>: an item first, then, for names, a method or attribute.</summary>
    public static object Item(object target, object key, Budget budget)
    {
        switch (target, key)
        {
            case (UndefinedValue undefined, _):
                throw undefined.Error;
            case (_, SliceKey slice):
                return Slice(target, slice, budget);
            case (DictValue dict, _) when key is not (DictValue or ListValue { IsTuple: false }) && dict.Find(key) is { } value:
                return value;
            case (ListValue list, long or bool) when Place(Integer(key), list.Items.Count) is { } place:
                return list.Items[place];
            case (Text text, long or bool) when Place(Integer(key), text.Length) is { } place:
                var start = text.Offset(place);
                return text.Slice(start, start + Text.Units(text.Value, start));
            case (SequenceValue { Kind: "range", Count: { } count } range, long) when Place(Integer(key), count) is { } place:
                return range.Take().ElementAt(place);
            case (_, Text name):
                return Member(target, name.Value, budget) ?? Missing(target, name.Value);
            default:
                return new UndefinedValue($"{TypeNames.Owner(target)} has no element {PythonText.Repr(key, budget)}");
        }
    }

    private static object? Member(object target, string name, Budget budget) => target switch
    {
        _ when name.StartsWith("__", StringComparison.Ordinal) => Unsafe(target, name),
        Text text => StringMethods.Find(text, name, budget),
        DictValue dict => DictMethods.Find(dict, name, budget),
        ListValue list => ListMethods.Find(list, name, budget),
        NamespaceValue space => space.Attributes.GetValueOrDefault(name),
        LoopValue loop => loop.Attribute(name),
        MacroValue macro => macro.Attribute(name),
        CyclerValue cycler => cycler.Attribute(name),
        _ => null,
    };

    /// <summary>An attribute that the sandbox keeps back.</summary>
    internal static UndefinedValue Unsafe(object target, string name) => new($"access to attribute '{name}' of '{TypeNames.Of(target)}' object is unsafe");

    private static UndefinedValue Missing(object target, string name) => new($"'{TypeNames.Owner(target)}' has no attribute '{name}'");

    private static int? Place(long index, int count) =>
        index >= 0 ? index < count ? (int)index : null : -index <= count ? (int)(count + index) : null;

    private static object Slice(object target, SliceKey slice, Budget budget)
    {
        switch (target)
        {
            case ListValue list:
                var items = slice.Positions(list.Items.Count).Select(i => list.Items[i]).ToList();
                budget.Charge(8L * items.Count);
                return new ListValue(items, list.IsTuple);
            case Text text when (slice.Step ?? 1) == 1:
                var positions = slice.Positions(text.Length).GetEnumerator();
                if (!positions.MoveNext())
                {
                    return Text.Empty;
                }

                var from = positions.Current;
                var end = slice.Stop is { } stop ? Math.Clamp(stop < 0 ? stop + text.Length : stop, 0, text.Length) : text.Length;
                var part = text.Slice(text.Offset(from), text.Offset((int)end));
                budget.Charge(part.Value.Length);
                return part;
            case Text text:
                var result = new TextBuilder(budget);
                Text[] characters = [.. text.Characters()];
                budget.Charge(16L * characters.Length);
                foreach (var i in slice.Positions(characters.Length))
                {
                    result.Append(characters[i]);
                }

                return result.ToText(text.IsMarkup);
            case SequenceValue { Kind: "range", Count: { } count } range:
                object[] numbers = [.. range.Take()];
                int[] places = [.. slice.Positions(count)];
                return new SequenceValue("range", [.. places.Select(i => numbers[i])], places.Length, "range");
            default:
                throw new JinjaException($"'{TypeNames.Of(target)}' object is not subscriptable by a slice");
        }
    }
}
