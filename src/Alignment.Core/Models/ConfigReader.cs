using System.Text.Json;
using System.Text.Json.Nodes;

namespace Alignment.Core.Models;

/// <summary>Reads the values of a <c>config.json</c> and collects what is wrong with them.</summary>
internal sealed class ConfigReader(JsonObject document, string source)
{
    private readonly List<string> _problems = [];

    public bool Has(string key) => document[key] is not null;

    /// <summary>A whole number; <paramref name="otherwise"/> when the key is absent or null, a problem when that is null too.</summary>
    public int Number(string key, int? otherwise = null) => Read(key, otherwise, "a whole number", node => node.GetValue<int>());

    public double Real(string key, double? otherwise = null) => Read(key, otherwise, "a number", node => node.GetValue<double>());

    public bool Flag(string key, bool otherwise) => Read<bool>(key, otherwise, "true or false", node => node.GetValue<bool>());

    public string? Text(string key, string? otherwise)
    {
        if (document[key] is not { } node)
        {
            return otherwise;
        }

        if (node is JsonValue value && value.TryGetValue<string>(out var text))
        {
            return text;
        }

        Problem(key, "must be text");
        return otherwise;
    }

    public string? FirstText(string key) =>
        document[key] is JsonArray { Count: > 0 } list && list[0] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public int? OptionalId(string key) => Ids(key) is [var id, ..] ? id : null;

    /// <summary>One token id, a list of them, or none.</summary>
    public IReadOnlyList<int> Ids(string key)
    {
        var ids = new List<int>();
        JsonNode?[] nodes = document[key] switch { null => [], JsonArray list => [.. list], var node => new JsonNode?[] { node } };
        foreach (var node in nodes)
        {
            if (node is JsonValue value && value.TryGetValue<int>(out var id))
            {
                ids.Add(id);
            }
            else
            {
                Problem(key, "must be a token id or a list of them");
            }
        }

        return ids;
    }

    public ActivationKind Activation(string key, string otherwise)
    {
        var name = Text(key, otherwise);
        switch (name)
        {
            case "silu" or "swish":
                return ActivationKind.Silu;
            case "gelu":
                return ActivationKind.Gelu;
            case "gelu_new" or "gelu_pytorch_tanh" or "gelu_fast":
                return ActivationKind.GeluTanh;
            case "relu":
                return ActivationKind.Relu;
            default:
                Problem(key, $"is '{name}'; supported are silu, gelu, gelu_new, gelu_pytorch_tanh, relu");
                return ActivationKind.Silu;
        }
    }

    /// <summary>The base of the rotary frequencies, from <c>rope_theta</c> or the newer <c>rope_parameters</c>; scaled variants are refused.</summary>
    public double RotaryBase(double otherwise)
    {
        foreach (var key in new[] { "rope_scaling", "rope_parameters" })
        {
            if (document[key] is not { } node)
            {
                continue;
            }

            var kind = node is JsonObject scaling ? (scaling["rope_type"] ?? scaling["type"])?.ToString() ?? "default" : node.ToJsonString();
            if (kind != "default")
            {
                Problem(key, $"asks for rotary scaling '{kind}'; supported is the unscaled form (null or 'default')");
            }
            else if (key == "rope_parameters" && node["rope_theta"] is JsonValue theta && theta.TryGetValue<double>(out var value))
            {
                otherwise = value;
            }
        }

        return Real("rope_theta", otherwise);
    }

    public void Problem(string key, string what) => _problems.Add($"'{key}' {what}");

    /// <summary>Throws one <see cref="InvalidDataException"/> with every problem, or nothing.</summary>
    public void Report(IReadOnlyList<string> more)
    {
        if (_problems.Count + more.Count > 0)
        {
            throw new InvalidDataException($"{source}: {string.Join("; ", _problems.Concat(more))}.");
        }
    }

    private T Read<T>(string key, T? otherwise, string what, Func<JsonNode, T> read) where T : struct
    {
        if (document[key] is not { } node)
        {
            if (otherwise is null)
            {
                Problem(key, $"is missing: expected {what}");
            }

            return otherwise ?? default;
        }

        try
        {
            return read(node);
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException or JsonException)
        {
            Problem(key, $"must be {what}, got {node.ToJsonString()}");
            return otherwise ?? default;
        }
    }
}
