using System.Text.Json;
using System.Text.Json.Nodes;

namespace Alignment.Cli;

/// <summary>How far results are from those that a record holds.</summary>
internal static class ObjectiveComparison
{
    private const double Smallest = 1e-12; // differences below count as none

    /// <summary>The largest relative difference of each expected result; null where there is nothing to compare it with.</summary>
    /// <param name="record">With what is expected.</param>
    /// <param name="report">What came out.</param>
    public static IEnumerable<(string Key, double? Difference)> Of(ObjectiveRecord record, JsonObject report)
    {
        foreach (var (key, expected) in record.Expected)
        {
            if (expected.ValueKind == JsonValueKind.Object)
            {
                foreach (var member in expected.EnumerateObject())
                {
                    yield return ($"{key}.{member.Name}", Difference(member.Value, Inside(report, key, member.Name)));
                }
            }
            else
            {
                yield return (key, Difference(expected, Find(report, key)));
            }
        }
    }

    private static JsonNode? Inside(JsonObject report, string group, string name)
    {
        var found = (report[group is "grads" or "grad" ? "gradients" : group] as JsonObject)?[name];
        return found ?? report[name];
    }

    // grad_x is gradients.x; grad is the only one there is.
    private static JsonNode? Find(JsonObject report, string key)
    {
        if (report.TryGetPropertyValue(key, out var found))
        {
            return found;
        }

        if (report["gradients"] is not JsonObject gradients || !key.StartsWith("grad", StringComparison.Ordinal))
        {
            return (report["metrics"] as JsonObject)?[key];
        }

        return key == "grad" && gradients.Count == 1 ? gradients.First().Value : gradients[key["grad".Length..].TrimStart('_')];
    }

    private static double? Difference(JsonElement expected, JsonNode? actual)
    {
        if (actual is null)
        {
            return null;
        }

        if (expected.ValueKind == JsonValueKind.Array)
        {
            return actual is JsonArray items && items.Count == expected.GetArrayLength()
                ? items.Select((item, k) => Difference(expected[k], item)).Aggregate((double?)0, (left, right) => left is null || right is null ? null : Math.Max(left.Value, right.Value))
                : double.PositiveInfinity;
        }

        var (wanted, got) = (expected.GetDouble(), actual.GetValue<double>());
        var difference = Math.Abs(wanted - got);
        return difference <= Smallest ? 0 : difference / Math.Abs(wanted);
    }
}
