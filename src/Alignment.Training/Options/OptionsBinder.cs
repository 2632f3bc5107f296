using System.Collections;
using System.Globalization;

namespace Alignment.Training.Options;

/// <summary>Makes an options record from YAML. Keys are the properties' names in snake_case. Every problem is found before
/// any is reported: unknown and repeated keys, missing required options, wrong types, and the records' own rules
/// (<see cref="IValidatedOptions"/>).</summary>
public static class OptionsBinder
{
    /// <summary>Binds a mapping.</summary>
    /// <typeparam name="T">A record with a parameterless constructor and init properties: texts, whole numbers, numbers, flags,
    /// enums, nullables, lists, maps from text, and further such records.</typeparam>
    /// <param name="node">The mapping.</param>
    /// <param name="reservedKeys">Keys that belong to somebody else and are passed over.</param>
    /// <returns>The record.</returns>
    /// <exception cref="OptionsException">Something is wrong; all of it is listed.</exception>
    public static T Bind<T>(OptionsNode node, params IReadOnlyCollection<string> reservedKeys)
        where T : class
    {
        List<OptionsProblem> problems = [];
        var options = Bind(typeof(T), node, problems, reservedKeys);
        return problems.Count == 0 ? (T)options! : throw new OptionsException(problems);
    }

    /// <summary>Binds YAML text.</summary>
    /// <typeparam name="T">The options record.</typeparam>
    /// <param name="yaml">The text of a mapping.</param>
    /// <param name="file">The name for messages.</param>
    /// <returns>The record.</returns>
    /// <exception cref="OptionsException">Something is wrong; all of it is listed.</exception>
    public static T BindText<T>(string yaml, string file = "options.yaml")
        where T : class
    {
        var node = OptionsYaml.ParseValue(yaml, file);
        return Bind<T>(node.IsNull ? node with { Scalar = null, Entries = [] } : node);
    }

    /// <summary>Binds a mapping and adds what is wrong to a list, for callers that check several mappings before they report.</summary>
    /// <param name="type">The options record's type.</param>
    /// <param name="node">The mapping.</param>
    /// <param name="problems">Receives the problems.</param>
    /// <param name="reservedKeys">Keys that belong to somebody else and are passed over.</param>
    /// <returns>The record; null, or one with defaults in the wrong places, when there were problems.</returns>
    public static object? Bind(Type type, OptionsNode node, ICollection<OptionsProblem> problems, params IReadOnlyCollection<string> reservedKeys)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(problems);
        return BindRecord(OptionType.Of(type), node, "", problems, reservedKeys);
    }

    private static object? BindRecord(OptionType type, OptionsNode node, string path, ICollection<OptionsProblem> problems, IReadOnlyCollection<string> reserved)
    {
        if (node.Entries is not { } entries)
        {
            return Mismatch(type, node, path, problems);
        }

        var before = problems.Count;
        var options = Activator.CreateInstance(type.Type)!;
        Dictionary<string, int> seen = [];
        foreach (var (key, line, value) in entries)
        {
            if (!seen.TryAdd(key, line))
            {
                problems.Add(new OptionsProblem(value.File, line, $"'{Join(path, key)}' is given twice (first in line {seen[key]}); keep one"));
            }
            else if (type.Members.FirstOrDefault(m => m.Name == key) is { } member)
            {
                if (value.IsNull && member.MayBeNull)
                {
                    member.Property.SetValue(options, null);
                }
                else if (BindValue(member.Type, value, Join(path, key), problems) is { } bound)
                {
                    member.Property.SetValue(options, bound);
                }
            }
            else if (!reserved.Contains(key))
            {
                problems.Add(new OptionsProblem(value.File, line, Unknown(key, path, [.. type.Members.Select(m => m.Name)])));
            }
        }

        foreach (var member in type.Members.Where(m => m.Required && !seen.ContainsKey(m.Name)))
        {
            var what = member.Description.Length > 0 ? member.Description : member.Type.Wanted;
            problems.Add(new OptionsProblem(node.File, node.Line, $"the required option '{Join(path, member.Name)}' is missing ({what}); add it"));
        }

        if (problems.Count == before)
        {
            foreach (var text in Broken(options))
            {
                var named = text.Split(' ', 2)[0].Trim('\'', ':', ';', ',');
                var known = type.Members.Any(m => m.Name == named.Split('.', '[')[0]);
                var shown = path.Length == 0 ? text : known ? Join(path, text.TrimStart('\'')) : $"{path}: {text}";
                problems.Add(new OptionsProblem(node.File, node.LineOf(named), shown));
            }
        }

        return options;
    }

    // Records of projects that do not know IValidatedOptions have the same method.
    private static IEnumerable<string> Broken(object options) => options is IValidatedOptions validated
        ? validated.Problems()
        : options.GetType().GetMethod(nameof(IValidatedOptions.Problems), Type.EmptyTypes)?.Invoke(options, null) as IEnumerable<string> ?? [];

    private static object? BindValue(OptionType type, OptionsNode node, string path, ICollection<OptionsProblem> problems)
    {
        switch (type.Shape)
        {
            case OptionShape.Record:
                return BindRecord(type, node, path, problems, []);
            case OptionShape.List when node.Items is not null || (node.Scalar is not null && !node.IsNull):
                return BindList(type, node, path, problems);
            case OptionShape.Map when node.Entries is not null:
                return BindMap(type, node, path, problems);
            case OptionShape.List or OptionShape.Map:
                return Mismatch(type, node, path, problems);
            default:
                return BindScalar(type, node) ?? Mismatch(type, node, path, problems);
        }
    }

    private static object BindList(OptionType type, OptionsNode node, string path, ICollection<OptionsProblem> problems)
    {
        var element = type.Element!;
        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element.Type))!;
        var items = node.Items ?? [node];
        for (var i = 0; i < items.Count; i++)
        {
            if (BindValue(element, items[i], $"{path}[{i}]", problems) is { } item)
            {
                list.Add(item);
            }
        }

        if (!type.Type.IsArray)
        {
            return list;
        }

        var array = Array.CreateInstance(element.Type, list.Count);
        list.CopyTo(array, 0);
        return array;
    }

    private static object BindMap(OptionType type, OptionsNode node, string path, ICollection<OptionsProblem> problems)
    {
        var map = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), type.Element!.Type))!;
        foreach (var (key, line, value) in node.Entries!)
        {
            if (map.Contains(key))
            {
                problems.Add(new OptionsProblem(value.File, line, $"'{Join(path, key)}' is given twice; keep one"));
            }
            else if (BindValue(type.Element, value, Join(path, key), problems) is { } bound)
            {
                map.Add(key, bound);
            }
        }

        return map;
    }

    private static object? BindScalar(OptionType type, OptionsNode node)
    {
        if (node.Scalar is not { } text || node.IsNull)
        {
            return null;
        }

        if (type.Shape == OptionShape.Text)
        {
            return text;
        }

        if (type.Shape == OptionShape.Choice)
        {
            var name = Enum.GetNames(type.Type).FirstOrDefault(n => OptionType.Snake(n) == text);
            return name is null ? null : Enum.Parse(type.Type, name);
        }

        if (node.Quoted)
        {
            return null;
        }

        var culture = CultureInfo.InvariantCulture;
        if (type.Type == typeof(int))
        {
            return int.TryParse(text, NumberStyles.AllowLeadingSign, culture, out var whole) ? whole : null;
        }

        if (type.Type == typeof(long))
        {
            return long.TryParse(text, NumberStyles.AllowLeadingSign, culture, out var whole) ? whole : null;
        }

        if (type.Type == typeof(bool))
        {
            return text switch { "true" => true, "false" => false, _ => null };
        }

        return double.TryParse(text, NumberStyles.Float, culture, out var real) && double.IsFinite(real)
            ? Convert.ChangeType(real, type.Type, culture)
            : null;
    }

    private static object? Mismatch(OptionType type, OptionsNode node, string path, ICollection<OptionsProblem> problems)
    {
        var name = path.Length == 0 ? "the value" : $"'{path}'";
        var hint = type.Shape == OptionShape.Choice && node.Scalar is { } text && OptionNames.Nearest(text, type.Choices()) is { } near ? $"; did you mean '{near}'?" : "";
        problems.Add(new OptionsProblem(node.File, node.Line, $"{name} is {node.Describe()}; it must be {type.Wanted}{hint}"));
        return null;
    }

    private static string Unknown(string key, string path, IReadOnlyList<string> known)
    {
        var advice = OptionNames.Nearest(key, known) is { } near ? $"did you mean '{near}'?" : $"known options: {string.Join(", ", known)}";
        return $"unknown option '{Join(path, key)}'; {advice}";
    }

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";
}
