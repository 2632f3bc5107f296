using System.Collections;

namespace Alignment.Training.Options;

/// <summary>Finds the files and folders that options name.</summary>
public static class OptionsInputs
{
    private const string TemplateEnding = ".jinja";

    /// <summary>The values of all members marked <see cref="InputPathAttribute"/>, and of all others that name a file of Jinja.</summary>
    /// <param name="options">An options record.</param>
    /// <returns>Option path, such as <c>train.files[0]</c>, and value.</returns>
    public static IEnumerable<(string Option, string Path)> Of(object options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Walk(OptionType.Of(options.GetType()), options, "", isInput: false);
    }

    private static IEnumerable<(string Option, string Path)> Walk(OptionType type, object? value, string path, bool isInput) => (type.Shape, value) switch
    {
        (_, null) => [],
        (OptionShape.Record, _) => type.Members.SelectMany(m => Walk(m.Type, m.Property.GetValue(value), path.Length == 0 ? m.Name : $"{path}.{m.Name}", m.IsInput)),
        (OptionShape.List, IEnumerable list) => list.Cast<object?>().SelectMany((item, i) => Walk(type.Element!, item, $"{path}[{i}]", isInput)),
        (OptionShape.Map, IEnumerable map) => map.Cast<object>().SelectMany(pair => Walk(type.Element!, Part(pair, "Value"), $"{path}.{Part(pair, "Key")}", isInput)),
        (OptionShape.Text, string text) when isInput || text.EndsWith(TemplateEnding, StringComparison.Ordinal) => [(path, text)],
        _ => [],
    };

    private static object? Part(object pair, string name) => pair.GetType().GetProperty(name)!.GetValue(pair);
}
