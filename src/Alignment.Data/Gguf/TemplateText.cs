using System.Text.Json;

namespace Alignment.Data.Gguf;

/// <summary>The chat template that a model folder ships, as it is written.</summary>
public static class TemplateText
{
    /// <summary>The default one of <c>chat_template.jinja</c>, else of <c>tokenizer_config.json</c>; null where there is none.</summary>
    /// <param name="folder">With the tokenizer's files.</param>
    /// <exception cref="InvalidDataException">The configuration is not JSON.</exception>
    public static string? Of(string folder)
    {
        var own = Path.Combine(folder, "chat_template.jinja");
        if (File.Exists(own))
        {
            return File.ReadAllText(own);
        }

        var path = Path.Combine(folder, "tokenizer_config.json");
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            return json.RootElement.TryGetProperty("chat_template", out var template) ? Default(template) : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }
    }

    /// <summary>One text, or a list of named ones.</summary>
    private static string? Default(JsonElement template) => template.ValueKind == JsonValueKind.Array
        ? template.EnumerateArray().Where(item => item.GetProperty("name").GetString() == "default").Select(item => item.GetProperty("template").GetString()).FirstOrDefault()
        : template.GetString();
}
