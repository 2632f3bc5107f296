using System.Text.Json;

using static TorchSharp.torch;

namespace Alignment.Objectives.Tests;

/// <summary>Fixtures/trl-losses.json: losses that TRL's own functions gave on fixed inputs (its commit is named inside).</summary>
internal static class Golden
{
    public const double RelativeTolerance = 1e-9; // float64 records; the file suggests it

    public static JsonElement Part(string name)
    {
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Fixtures", "trl-losses.json"));
        return JsonDocument.Parse(file).RootElement.GetProperty(name);
    }

    public static Tensor Array(JsonElement element, bool requiresGrad = false)
    {
        var shape = new List<long>();
        for (var inner = element; inner.ValueKind == JsonValueKind.Array; inner = inner[0])
        {
            shape.Add(inner.GetArrayLength());
        }

        return tensor(Flatten(element).ToArray(), shape.ToArray(), requires_grad: requiresGrad);
    }

    public static void ShouldMatch(this Tensor actual, JsonElement expected, string what, double tolerance = RelativeTolerance)
    {
        var values = actual.to_type(ScalarType.Float64).contiguous().data<double>().ToArray();
        var wanted = Flatten(expected).ToArray();
        values.Length.ShouldBe(wanted.Length, what);
        for (var i = 0; i < wanted.Length; i++)
        {
            values[i].ShouldBe(wanted[i], Math.Max(1e-12, Math.Abs(wanted[i]) * tolerance), $"{what}[{i}]");
        }
    }

    public static void ShouldMatch(this double actual, double expected, string what) =>
        actual.ShouldBe(expected, Math.Max(1e-12, Math.Abs(expected) * RelativeTolerance), what);

    private static IEnumerable<double> Flatten(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Flatten),
        JsonValueKind.True => [1],
        JsonValueKind.False => [0],
        _ => [element.GetDouble()],
    };
}
