using System.Collections;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Alignment.Training.Options;

/// <summary>Resolved options as JSON, for the manifest.</summary>
public static class OptionsJson
{
    /// <summary>Writes every option with its value, defaults included, in the order of the record.</summary>
    /// <param name="options">An options record.</param>
    /// <returns>The JSON object, keys as in the YAML.</returns>
    public static JsonObject Write(object options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return (JsonObject)Value(OptionType.Of(options.GetType()), options)!;
    }

    private static JsonNode? Value(OptionType type, object? value)
    {
        if (value is null)
        {
            return null;
        }

        switch (type.Shape)
        {
            case OptionShape.Record:
                return new JsonObject(type.Members.Select(m => KeyValuePair.Create(m.Name, Value(m.Type, m.Property.GetValue(value)))));
            case OptionShape.List:
                return new JsonArray([.. ((IEnumerable)value).Cast<object?>().Select(item => Value(type.Element!, item))]);
            case OptionShape.Map:
                var map = new JsonObject();
                foreach (var pair in (IEnumerable)value)
                {
                    var entry = pair.GetType();
                    map.Add((string)entry.GetProperty("Key")!.GetValue(pair)!, Value(type.Element!, entry.GetProperty("Value")!.GetValue(pair)));
                }

                return map;
            case OptionShape.Choice:
                return OptionType.Snake(value.ToString()!);
            case OptionShape.Whole:
                return Convert.ToInt64(value, CultureInfo.InvariantCulture);
            case OptionShape.Real:
                return Convert.ToDouble(value, CultureInfo.InvariantCulture);
            case OptionShape.Flag:
                return (bool)value;
            default:
                return (string)value;
        }
    }
}
