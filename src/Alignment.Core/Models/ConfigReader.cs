using System.Text.Json;
using System.Text.Json.Nodes;

namespace Alignment.Core.Models;

/// <summary>Reads the values of a <c>config.json</c>, or of an object inside it, and collects what is wrong with them.</summary>
internal sealed class ConfigReader
{
    private readonly JsonObject _document;
    private readonly string _source;
    private readonly string _path;
    private readonly List<string> _problems;

    /// <param name="document">The file's content.</param>
    /// <param name="source">Named in errors.</param>
    public ConfigReader(JsonObject document, string source)
        : this(document, source, "", [])
    {
    }

    private ConfigReader(JsonObject document, string source, string path, List<string> problems)
    {
        _document = document;
        _source = source;
        _path = path;
        _problems = problems;
    }

    /// <summary>The key is there and not null.</summary>
    public bool Has(string key) => _document[key] is not null;

    /// <summary>The key is there and null.</summary>
    public bool IsNull(string key) => _document.ContainsKey(key) && _document[key] is null;

    /// <summary>A whole number; <paramref name="otherwise"/> when the key is absent or null, a problem when that is null too.</summary>
    public int Number(string key, int? otherwise = null) => Read(key, otherwise, "a whole number", node => node.GetValue<int>());

    /// <summary>A whole number, or none.</summary>
    public int? OptionalNumber(string key) => Has(key) ? Number(key) : null;

    public double Real(string key, double? otherwise = null) => Read(key, otherwise, "a number", node => node.GetValue<double>());

    /// <summary>A number, or none.</summary>
    public double? OptionalReal(string key) => Has(key) ? Real(key) : null;

    public bool Flag(string key, bool otherwise) => Read<bool>(key, otherwise, "true or false", node => node.GetValue<bool>());

    public string? Text(string key, string? otherwise)
    {
        if (_document[key] is not { } node)
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
        _document[key] is JsonArray { Count: > 0 } list && list[0] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>A list of texts; null when the key is absent or null.</summary>
    public IReadOnlyList<string>? Texts(string key) => List<string>(key, "text");

    /// <summary>A list of numbers; empty, and a problem, when the key is absent.</summary>
    public ValueList<double> Reals(string key)
    {
        if (!Has(key))
        {
            Problem(key, "is missing: expected a list of numbers");
        }

        return [.. List<double>(key, "numbers") ?? []];
    }

    /// <summary>An object inside this one, whose problems are collected here; null when the key is absent or null.</summary>
    public ConfigReader? Object(string key)
    {
        if (_document[key] is not { } node)
        {
            return null;
        }

        if (node is JsonObject inner)
        {
            return new ConfigReader(inner, _source, $"{_path}{key}.", _problems);
        }

        Problem(key, $"must be an object, got {node.ToJsonString()}");
        return null;
    }

    public int? OptionalId(string key) => Ids(key) is [var id, ..] ? id : null;

    /// <summary>One token id, a list of them, or none.</summary>
    public IReadOnlyList<int> Ids(string key)
    {
        var ids = new List<int>();
        JsonNode?[] nodes = _document[key] switch { null => [], JsonArray list => [.. list], var node => new JsonNode?[] { node } };
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
        if (Activations.Find(name) is { } kind)
        {
            return kind;
        }

        Problem(key, $"is '{name}'; supported are {Activations.Names}");
        return ActivationKind.Silu;
    }

    /// <summary>Reports a key that asks for what no model here does, unless it has the one value that does nothing.</summary>
    public void OnlyFalse(string key, string meaning)
    {
        if (Flag(key, false))
        {
            Problem(key, $"is true: {meaning} is not supported");
        }
    }

    public void Problem(string key, string what) => _problems.Add($"'{_path}{key}' {what}");

    /// <summary>Throws one <see cref="InvalidDataException"/> with every problem, or nothing.</summary>
    public void Report(IReadOnlyList<string> more)
    {
        if (_problems.Count + more.Count > 0)
        {
            throw new InvalidDataException($"{_source}: {string.Join("; ", _problems.Concat(more))}.");
        }
    }

    private List<T>? List<T>(string key, string what)
    {
        if (_document[key] is not { } node)
        {
            return null;
        }

        var values = new List<T>();
        foreach (var item in node as JsonArray ?? [])
        {
            if (item is JsonValue value && value.TryGetValue<T>(out var found))
            {
                values.Add(found);
            }
        }

        if (values.Count != (node as JsonArray)?.Count)
        {
            Problem(key, $"must be a list of {what}");
        }

        return values;
    }

    private T Read<T>(string key, T? otherwise, string what, Func<JsonNode, T> read) where T : struct
    {
        if (_document[key] is not { } node)
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
