using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Alignment.Data.Jinja;

/// <summary>JSON to values of templates.</summary>
internal static class JsonValues
{
    private const int MostDepth = 60;

    /// <summary>The value of a node; its texts count as content.</summary>
    /// <param name="node">Null is JSON's null.</param>
    /// <param name="depth">How deep the node lies.</param>
    /// <exception cref="JinjaException">Nested too deeply, or a number that is too long.</exception>
    public static object Of(JsonNode? node, int depth = 0) => depth > MostDepth
        ? throw new JinjaException($"a value is nested more than {MostDepth} deep")
        : node switch
        {
            null => None.Value,
            JsonArray list => new ListValue([.. list.Select(item => Of(item, depth + 1))]),
            JsonObject map => map.Aggregate(new DictValue(), (dict, pair) => dict.Set(Text.OfContent(pair.Key), Of(pair.Value, depth + 1))),
            _ => Scalar(node),
        };

    private static object Scalar(JsonNode node) => node.GetValueKind() switch
    {
        JsonValueKind.String => Text.OfContent(node.GetValue<string>()),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => Number(node.ToJsonString()),
        _ => None.Value,
    };

    private static object Number(string digits) =>
        long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? (object)whole
        : digits.AsSpan().IndexOfAny('.', 'e', 'E') >= 0 ? (object)double.Parse(digits, CultureInfo.InvariantCulture)
        : digits.Length <= Operators.MostDigits ? BigInteger.Parse(digits, CultureInfo.InvariantCulture)
        : throw new JinjaException($"a number has more than {Operators.MostDigits} digits");
}
