using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Objectives.Catalogue;
using static TorchSharp.torch;

namespace Alignment.Cli;

/// <summary>From a record's JSON to tensors, and from the results back to JSON.</summary>
internal static class ObjectiveReport
{
    /// <summary>Evaluates a record.</summary>
    /// <param name="record">Arrays and options.</param>
    /// <returns>name, options, loss, losses, metrics, other results, gradients and their norms.</returns>
    /// <exception cref="ArgumentException">The record does not fit the objective.</exception>
    public static JsonObject Of(ObjectiveRecord record)
    {
        var (used, values, gradients) = ObjectiveCatalogue.Evaluate(
            record.Objective,
            record.Inputs.ToDictionary(input => input.Key, input => ToTensor(input.Key, input.Value)),
            record.Options.ToDictionary(option => option.Key, option => ToOption(option.Value)));
        var report = new JsonObject { ["name"] = record.Objective.Name, ["options"] = new JsonObject(used.Options.Select(option => KeyValuePair.Create(option.Key, JsonSerializer.SerializeToNode(option.Value)))) };
        if (values.Loss is { } loss)
        {
            report["loss"] = Json(loss);
        }

        if (values.Rows is { } rows)
        {
            report["losses"] = Json(rows);
        }

        if (values.Metrics.Count > 0)
        {
            report["metrics"] = new JsonObject(values.Metrics.Select(metric => KeyValuePair.Create(metric.Key, (JsonNode?)Number(metric.Value))));
        }

        foreach (var (name, output) in values.Outputs)
        {
            report[name] = Json(output);
        }

        AddGradients(report, gradients);
        if (record.NotRead.Count > 0)
        {
            report["not_read"] = new JsonArray([.. record.NotRead.Select(name => (JsonNode?)name)]);
        }

        return report;
    }

    private static void AddGradients(JsonObject report, IReadOnlyDictionary<string, Tensor> gradients)
    {
        if (gradients.Count == 0)
        {
            return;
        }

        report["gradients"] = new JsonObject(gradients.Select(gradient => KeyValuePair.Create(gradient.Key, Json(gradient.Value))));
        foreach (var (name, gradient) in gradients)
        {
            report[$"grad_{name}_l2"] = Number(Math.Sqrt(gradient.square().sum().item<double>()));
            if (gradient.dim() > 1)
            {
                report[$"grad_{name}_row_l2"] = Json(gradient.reshape(gradient.size(0), -1).square().sum(dim: 1).sqrt());
            }
        }
    }

    private static object? ToOption(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.String => value.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Array => value.EnumerateArray().Select(ToOption).ToArray(),
        JsonValueKind.Null => null,
        _ => throw new ArgumentException($"an option is a number, a word, true, false or a list of them, got {value.ValueKind}"),
    };

    private static Tensor ToTensor(string name, JsonElement value)
    {
        var shape = new List<long>();
        for (var inner = value; inner.ValueKind == JsonValueKind.Array; inner = inner[0])
        {
            shape.Add(inner.GetArrayLength());
            if (inner.GetArrayLength() == 0)
            {
                break;
            }
        }

        var numbers = new List<double>();
        Fill(value, 0);
        return shape.Count == 0 ? tensor(numbers[0]) : tensor(numbers.ToArray(), shape.ToArray());

        void Fill(JsonElement element, int depth)
        {
            if (depth == shape.Count)
            {
                numbers.Add(Scalar(name, element));
                return;
            }

            if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() != shape[depth])
            {
                throw new ArgumentException($"input '{name}' is ragged: every list at depth {depth + 1} must have {shape[depth]} entries");
            }

            foreach (var item in element.EnumerateArray())
            {
                Fill(item, depth + 1);
            }
        }
    }

    private static double Scalar(string name, JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number => element.GetDouble(),
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        JsonValueKind.Null => double.NaN,
        JsonValueKind.String when element.GetString() is "NaN" or "nan" => double.NaN,
        JsonValueKind.String when element.GetString() is "Infinity" or "inf" => double.PositiveInfinity,
        JsonValueKind.String when element.GetString() is "-Infinity" or "-inf" => double.NegativeInfinity,
        _ => throw new ArgumentException($"input '{name}' must be numbers, got {element.ValueKind}"),
    };

    private static JsonNode? Json(Tensor values)
    {
        var numbers = values.detach().to_type(ScalarType.Float64).contiguous().data<double>().ToArray();
        var next = 0;
        return Nest(0);

        JsonNode? Nest(int depth) => depth == values.dim()
            ? Number(numbers[next++])
            : new JsonArray([.. Enumerable.Range(0, (int)values.size(depth)).Select(_ => Nest(depth + 1))]);
    }

    private static JsonValue? Number(double value) =>
        double.IsFinite(value) ? JsonValue.Create(value) : double.IsNaN(value) ? null : JsonValue.Create(value > 0 ? "Infinity" : "-Infinity");
}
