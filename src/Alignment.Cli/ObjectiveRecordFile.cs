using System.Text.Json;
using System.Text.RegularExpressions;
using Alignment.Objectives.Catalogue;
using Alignment.Training.Options;

namespace Alignment.Cli;

/// <summary>
/// Reads records of objectives. A file is one record, a list of records, a part with <c>inputs</c> and <c>cases</c>, or several such parts under
/// the objectives' names. A record has its arrays under <c>inputs</c> and its options under <c>config</c>, or both beside each other; all else are
/// results. An unknown name that is nearly a known one is an error; others, which a program may keep beside them, are told and not read.
/// </summary>
internal static partial class ObjectiveRecordFile
{
    private static readonly string[] InputKeys = ["inputs", "arrays", "tensors", "args"];
    private static readonly string[] OptionKeys = ["config", "options", "params", "kwargs"];
    private static readonly string[] NameKeys = ["name", "objective"];

    /// <summary>Reads the records that are asked for.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The objective, or null for what the file names.</param>
    /// <param name="only">The case, by number or key, or null for all.</param>
    /// <exception cref="InvalidDataException">No such record, or names that nobody knows.</exception>
    public static IReadOnlyList<ObjectiveRecord> Read(string path, string? name, string? only)
    {
        var root = Parse(path);
        var objective = name is null ? null : ObjectivesListCommand.Find(name);
        var records = Parts(root, objective, path).SelectMany(part => Cases(part.Objective, part.Place, part.Element)).ToArray();
        var chosen = only is null ? records : [.. records.Where(record => record.Key == only)];
        return chosen.Length > 0
            ? [.. chosen.Select(record => record.Record)]
            : throw new InvalidDataException(only is null ? $"{path} holds no records" : $"{path} has no case {only}; it has {string.Join(", ", records.Select(record => record.Key))}");
    }

    private static JsonElement Parse(string path)
    {
        var text = File.ReadAllText(path);
        try
        {
            return JsonDocument.Parse(BareNumbers().Replace(text, "\"$0\"")).RootElement;
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path}:{error.LineNumber + 1}: not JSON: {error.Message}", error);
        }
    }

    private static IEnumerable<(Objective Objective, string Place, JsonElement Element)> Parts(JsonElement root, Objective? objective, string path)
    {
        if (root.ValueKind == JsonValueKind.Array)
        {
            return root.EnumerateArray().SelectMany((item, k) => Parts(item, objective, path).Select(part => (part.Objective, $"{part.Place}#{k}", part.Element)));
        }

        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidDataException($"{path}: a record is an object, got {root.ValueKind}");
        }

        if (!LooksLikeRecord(root))
        {
            var parts = root.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.Object)
                .Select(member => (Objective: ObjectiveCatalogue.Find(member.Name), member.Name, member.Value))
                .Where(part => part.Objective is not null && (objective is null || part.Objective.Is(objective.Name) || objective.Is(part.Name))).ToArray();
            if (parts.Length > 0)
            {
                return parts.Select(part => (objective ?? part.Objective!, part.Name, part.Value));
            }
        }

        objective ??= NameKeys.Select(key => root.TryGetProperty(key, out var named) && named.ValueKind == JsonValueKind.String ? ObjectivesListCommand.Find(named.GetString()!) : null).FirstOrDefault(found => found is not null)
            ?? throw new InvalidDataException($"{path} names no objective; give --name, one of {string.Join(", ", ObjectiveCatalogue.All.Select(known => known.Name))}");
        return [(objective, objective.Name, root)];
    }

    private static bool LooksLikeRecord(JsonElement root) => Find(root, [.. InputKeys, .. OptionKeys, "cases"]) is not null;

    private static IEnumerable<(string Key, ObjectiveRecord Record)> Cases(Objective objective, string place, JsonElement part)
    {
        if (!part.TryGetProperty("cases", out var cases))
        {
            return [("0", Record(objective, place, part, default))];
        }

        return cases.ValueKind == JsonValueKind.Object
            ? cases.EnumerateObject().Select(member => (member.Name, Record(objective, $"{place}[{member.Name}]", part, member.Value)))
            : cases.EnumerateArray().Select((item, k) => ($"{k}", Record(objective, $"{place}[{k}]", part, item)));
    }

    // A case's own entries come before those of its part.
    private static ObjectiveRecord Record(Objective objective, string place, JsonElement part, JsonElement item)
    {
        var inputs = new Dictionary<string, JsonElement>();
        var options = new Dictionary<string, JsonElement>();
        var expected = new Dictionary<string, JsonElement>();
        var notRead = new List<string>();
        JsonElement[] levels = item.ValueKind == JsonValueKind.Object ? [item, part] : [part];
        var apart = levels.Any(level => Find(level, InputKeys) is not null);
        foreach (var level in levels)
        {
            foreach (var member in Find(level, InputKeys)?.EnumerateObject() ?? default)
            {
                Sort(member, array: true);
            }

            foreach (var member in Find(level, OptionKeys)?.EnumerateObject() ?? default)
            {
                Sort(member, array: false);
            }

            foreach (var member in level.EnumerateObject().Where(member => !InputKeys.Contains(member.Name) && !OptionKeys.Contains(member.Name) && !NameKeys.Contains(member.Name) && member.Name != "cases"))
            {
                if (!apart && (objective.Inputs.Any(input => input.Is(member.Name)) || objective.Options.Any(option => option.Is(member.Name))))
                {
                    Sort(member, array: true);
                }
                else if (member.Value.ValueKind is JsonValueKind.Number or JsonValueKind.Array or JsonValueKind.Object)
                {
                    expected.TryAdd(member.Name, member.Value);
                }
            }
        }

        var isSingle = levels.Any(level => level.TryGetProperty("dtype", out var type) && type.ValueKind == JsonValueKind.String && type.GetString()!.EndsWith("float32", StringComparison.Ordinal));
        return new(objective, place, inputs, options, expected) { IsSingle = isSingle, NotRead = notRead };

        // Options may stand among the arrays and the other way round: pad_token_id, kl.
        void Sort(JsonProperty member, bool array)
        {
            var isInput = objective.Inputs.Any(input => input.Is(member.Name));
            var isOption = objective.Options.Any(option => option.Is(member.Name));
            if (member.Value.ValueKind == JsonValueKind.Null || (array && !isOption && member.Value.ValueKind == JsonValueKind.String))
            {
                return; // nothing, or a comment
            }

            if (!isInput && !isOption)
            {
                if (OptionNames.Nearest(member.Name, objective.Inputs.Select(input => input.Name).Concat(objective.Options.Select(option => option.Name))) is null)
                {
                    notRead.Add(member.Name);
                    return;
                }

                throw new InvalidDataException($"{place}: {objective.Name} knows no {(array ? "input" : "option")} '{member.Name}'; "
                    + (array ? $"inputs are {string.Join(", ", objective.Inputs.Select(input => input.Name))}" : $"options are {string.Join(", ", objective.Options.Select(option => option.Name))}"));
            }

            var takesArray = isInput && (!isOption || array || member.Value.ValueKind == JsonValueKind.Array);
            (takesArray && member.Value.ValueKind is not (JsonValueKind.True or JsonValueKind.False or JsonValueKind.String) ? inputs : options).TryAdd(member.Name, member.Value);
        }
    }

    private static JsonElement? Find(JsonElement element, string[] keys)
    {
        foreach (var key in keys)
        {
            if (element.TryGetProperty(key, out var found) && found.ValueKind is JsonValueKind.Object or JsonValueKind.Array && (found.ValueKind == JsonValueKind.Object || key == "cases"))
            {
                return found;
            }
        }

        return null;
    }

    // What Python writes for numbers that JSON does not have.
    [GeneratedRegex(@"(?<=[\[,:]\s*)(NaN|-?Infinity)(?=\s*[\],}])")]
    private static partial Regex BareNumbers();
}
