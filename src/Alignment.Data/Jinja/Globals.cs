namespace Alignment.Data.Jinja;

/// <summary>The functions that every template finds.</summary>
internal static class Globals
{
    private const long LongestRange = 100_000;

    /// <summary>Puts them into a scope.</summary>
    public static void AddTo(Scope scope, Renderer renderer)
    {
        Add("range", arguments => Range(arguments));
        Add("dict", arguments => Dict(arguments, renderer.Budget));
        Add("namespace", arguments => Namespace(arguments, renderer.Budget));
        Add("cycler", arguments => arguments.Positional.Count > 0 ? new CyclerValue(arguments.Positional) : throw new JinjaException("at least one item has to be provided"));
        Add("joiner", Joiner);
        Add("raise_exception", arguments => throw new JinjaException(PythonText.Of(arguments.Bind("raise_exception", 1, "message")[0]!, renderer.Budget).Value, isRaised: true));
        Add("strftime_now", arguments => (Text)StrftimeFormat.Apply(Values.String(arguments.Bind("strftime_now", 1, "format")[0]!, "strftime_now").Value, Today(renderer), renderer.Budget));

        void Add(string name, Func<CallArguments, object> call) => scope.Set(name, new FunctionValue(name, call));
    }

    private static DateTimeOffset Today(Renderer renderer) => renderer.Now
        ?? throw new JinjaException("the template writes today's date, so the same row would be other tokens tomorrow: set template_date to a day, such as 2026-01-31");

    private static SequenceValue Range(CallArguments arguments)
    {
        var given = arguments.Bind("range", 1, "|start", "|stop", "|step");
        var start = given[1] is null ? 0 : Values.Integer(given[0]!);
        var stop = Values.Integer(given[1] ?? given[0]!);
        var step = given[2] is { } width ? Values.Integer(width) : 1;
        if (step == 0)
        {
            throw new JinjaException("range() arg 3 must not be zero");
        }

        var distance = (Int128)(step > 0 ? (Int128)stop - start : (Int128)start - stop);
        var size = Int128.Abs(step);
        var count = distance <= 0 ? 0 : (distance + size - 1) / size;
        return count <= LongestRange
            ? new("range", Enumerable.Range(0, (int)count).Select(i => (object)(start + (i * step))), (int)count, step == 1 ? $"range({start}, {stop})" : $"range({start}, {stop}, {step})")
            : throw new JinjaException($"Range too big. The sandbox blocks ranges larger than {LongestRange}.");
    }

    private static DictValue Dict(CallArguments arguments, Budget budget)
    {
        var dict = new DictValue();
        if (arguments.Positional.Count > 1)
        {
            throw new JinjaException($"dict expected at most 1 argument, got {arguments.Positional.Count}");
        }

        if (arguments.Positional is [var given])
        {
            foreach (var item in given is DictValue other ? other.Items.Select(DictMethods.Pair) : Values.Iterate(given, budget))
            {
                budget.Step();
                dict = Values.Items(item, budget) is [var key, var value] ? dict.Set(key, value) : throw new JinjaException("dict needs pairs of key and value");
            }
        }

        return arguments.Named.Aggregate(dict, (made, pair) => made.Set((Text)pair.Key, pair.Value));
    }

    private static NamespaceValue Namespace(CallArguments arguments, Budget budget)
    {
        budget.Charge(64);
        var space = new NamespaceValue();
        foreach (var (key, value) in Dict(arguments, budget).Items)
        {
            space.Attributes[Values.String(key, "namespace").Value] = value;
        }

        return space;
    }

    private static FunctionValue Joiner(CallArguments arguments)
    {
        var separator = arguments.Bind("joiner", 0, "sep")[0] ?? (Text)", ";
        var used = false;
        return new("joiner", _ =>
        {
            var first = !used;
            used = true;
            return first ? Text.Empty : separator;
        });
    }
}
