using System.Numerics;

namespace Alignment.Data.Jinja;

/// <summary>What may stand behind <c>is</c>.</summary>
internal static class Tests
{
    private static readonly Dictionary<string, Func<object, bool>> Simple = new(StringComparer.Ordinal)
    {
        ["defined"] = value => value is not UndefinedValue,
        ["undefined"] = value => value is UndefinedValue,
        ["none"] = value => value is None,
        ["boolean"] = value => value is bool,
        ["true"] = value => value is true,
        ["false"] = value => value is false,
        ["integer"] = value => value is long or BigInteger,
        ["float"] = value => value is double,
        ["number"] = Operators.IsNumber,
        ["string"] = value => value is Text,
        ["mapping"] = value => value is DictValue,
        ["sequence"] = value => value is Text or ListValue or DictValue or UndefinedValue or SequenceValue { Kind: "range" },
        ["iterable"] = value => value is Text or ListValue or DictValue or SequenceValue or UndefinedValue,
        ["callable"] = value => value is FunctionValue or MacroValue or UndefinedValue,
        ["lower"] = value => value is Text text && CharacterTests.Find("islower")!(text.Value),
        ["upper"] = value => value is Text text && CharacterTests.Find("isupper")!(text.Value),
        ["escaped"] = value => value is Text { IsMarkup: true },
        ["filter"] = value => value is Text text && Filters.Exists(text.Value),
        ["test"] = value => value is Text text && Exists(text.Value),
    };

    private static readonly Dictionary<string, string> Comparisons = new(StringComparer.Ordinal)
    {
        ["eq"] = "==",
        ["equalto"] = "==",
        ["=="] = "==",
        ["ne"] = "!=",
        ["!="] = "!=",
        ["lt"] = "<",
        ["lessthan"] = "<",
        ["<"] = "<",
        ["le"] = "<=",
        ["<="] = "<=",
        ["gt"] = ">",
        ["greaterthan"] = ">",
        [">"] = ">",
        ["ge"] = ">=",
        [">="] = ">=",
    };

    /// <summary>Whether there is a test of that name.</summary>
    public static bool Exists(string name) => Simple.ContainsKey(name) || Comparisons.ContainsKey(name) || name is "in" or "sameas" or "divisibleby" or "odd" or "even";

    /// <summary>The test's answer.</summary>
    /// <exception cref="JinjaException">The value or the arguments do not fit.</exception>
    public static bool Apply(string name, object value, CallArguments arguments, Budget budget)
    {
        if (Simple.TryGetValue(name, out var test))
        {
            arguments.Bind($"test '{name}'", 0);
            return test(value);
        }

        if (name is "odd" or "even")
        {
            arguments.Bind($"test '{name}'", 0);
            return Operators.AreEqual(Operators.Apply("%", value, 2L, budget), name == "odd" ? 1L : 0L, budget);
        }

        if (!Exists(name))
        {
            throw new JinjaException($"there is no test '{name}'");
        }

        var other = arguments.Bind($"test '{name}'", 1, name == "divisibleby" ? "num" : "other")[0]!;
        return name switch
        {
            "in" => Operators.Contains(other, value, budget),
            "sameas" => ReferenceEquals(value, other) || (value.GetType() == other.GetType() && value is bool or long or Text && Operators.AreEqual(value, other, budget)),
            "divisibleby" => Operators.AreEqual(Operators.Apply("%", value, other, budget), 0L, budget),
            _ => Comparisons[name] switch
            {
                "==" => Operators.AreEqual(value, other, budget),
                "!=" => !Operators.AreEqual(value, other, budget),
                var symbol => Evaluator.Ordered(symbol, value, other, budget),
            },
        };
    }
}
