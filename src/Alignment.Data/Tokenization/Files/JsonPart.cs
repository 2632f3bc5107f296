using System.Text.Json;

namespace Alignment.Data.Tokenization.Files;

/// <summary>One element of a tokenizer file that knows its file and path, so that every complaint can name both.</summary>
internal readonly record struct JsonPart(JsonElement Element, string Path, string File)
{
    /// <summary>The kind that a part declares in its <c>type</c> member.</summary>
    public string Type => this["type"].Text;

    public string Text => Element.ValueKind == JsonValueKind.String ? Element.GetString()! : throw Error($"must be a string, is {Describe()}");

    public int Int => Element.ValueKind == JsonValueKind.Number && Element.TryGetInt32(out var value) ? value : throw Error($"must be a whole number, is {Describe()}");

    public bool Flag => Element.ValueKind is JsonValueKind.True or JsonValueKind.False ? Element.GetBoolean() : throw Error($"must be true or false, is {Describe()}");

    public JsonPart this[string name] => Optional(name) ?? throw Error($"has no '{name}'");

    public static JsonPart Parse(byte[] utf8, string file)
    {
        try
        {
            return new(JsonDocument.Parse(utf8.AsMemory(utf8.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0)).RootElement, "", file);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{file}: not valid JSON ({e.Message}); fetch the file again.", e);
        }
    }

    /// <summary>The member of that name; null where it is missing or JSON null.</summary>
    public JsonPart? Optional(string name) =>
        Element.ValueKind != JsonValueKind.Object ? throw Error($"must be an object, is {Describe()}")
        : Element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? new(value, Path.Length == 0 ? name : $"{Path}.{name}", File)
        : null;

    /// <summary>Whether there is a member of that name, JSON null or not.</summary>
    public bool Has(string name) => Element.ValueKind == JsonValueKind.Object && Element.TryGetProperty(name, out _);

    /// <summary>Every member with its name.</summary>
    public IEnumerable<(string Name, JsonPart Value)> Members()
    {
        if (Element.ValueKind != JsonValueKind.Object)
        {
            throw Error($"must be an object, is {Describe()}");
        }

        var part = this;
        return Element.EnumerateObject().Select(m => (m.Name, new JsonPart(m.Value, part.Path.Length == 0 ? m.Name : $"{part.Path}.{m.Name}", part.File)));
    }

    /// <summary>Every member that is not JSON null, with its name.</summary>
    public IEnumerable<(string Name, JsonPart Value)> Given() => Members().Where(m => m.Value.Element.ValueKind != JsonValueKind.Null);

    public bool OptionalFlag(string name, bool missing = false) => Optional(name)?.Flag ?? missing;

    public string? OptionalText(string name) => Optional(name)?.Text;

    public IEnumerable<JsonPart> Items()
    {
        if (Element.ValueKind != JsonValueKind.Array)
        {
            throw Error($"must be an array, is {Describe()}");
        }

        return Enumerate(this);

        static IEnumerable<JsonPart> Enumerate(JsonPart list)
        {
            var index = 0;
            foreach (var item in list.Element.EnumerateArray())
            {
                yield return new(item, $"{list.Path}[{index++}]", list.File);
            }
        }
    }

    public InvalidDataException Error(string problem) => new($"{File}: {(Path.Length == 0 ? "the file" : Path)} {problem}.");

    public InvalidDataException Unsupported(string what) =>
        Error($"is {what}, which is not supported; docs/formats.md lists what is");

    private string Describe() => Element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => Element.GetRawText(),
        _ => Element.ValueKind.ToString().ToLowerInvariant(),
    };
}
