using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Alignment.Data.Tokenization;

namespace Alignment.Data.Templates;

/// <summary>Where model folders keep their chat template. A file of its own counts more than the tokenizer's configuration, as in transformers.</summary>
internal static class TemplateFiles
{
    private const string OwnFile = "chat_template.jinja";
    private const string ConfigFile = "tokenizer_config.json";
    private const string JsonFile = "chat_template.json";
    private const string Key = "chat_template";
    private const string DefaultName = "default";
    private const string ToolName = "tool_use";

    /// <summary>The template of a folder; null when it ships none.</summary>
    public static ChatTemplate? Read(string folder) => Directory.Exists(folder)
        ? Read(folder, name => Path.Combine(folder, name) is var path && File.Exists(path) ? File.ReadAllBytes(path) : null)
        : throw new DirectoryNotFoundException($"The model folder '{folder}' does not exist.");

    /// <summary>The template that lies beside a tokenizer; null when there is none.</summary>
    public static ChatTemplate? Read(TextTokenizer tokenizer) => Read(tokenizer.Folder, tokenizer.Shipped);

    /// <summary>Puts a template into a folder that has tokenizer files: the configuration's key is set, all else stays as it is.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="source">The template in Jinja.</param>
    public static void Store(string folder, string source)
    {
        if (Read(folder)?.Source == source)
        {
            return;
        }

        var own = Path.Combine(folder, OwnFile);
        var config = Path.Combine(folder, ConfigFile);
        File.Delete(Path.Combine(folder, JsonFile));
        if (File.Exists(own) || !File.Exists(config))
        {
            File.WriteAllText(own, source, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        }

        if (File.Exists(config))
        {
            File.WriteAllBytes(config, WithKey(File.ReadAllBytes(config), source));
        }
    }

    private static ChatTemplate? Read(string folder, Func<string, byte[]?> file)
    {
        if (file(OwnFile) is { } own)
        {
            return new JinjaChatTemplate(Path.Combine(folder, OwnFile), Encoding.UTF8.GetString(own), TemplateChoice.Model);
        }

        foreach (var name in (string[])[ConfigFile, JsonFile])
        {
            if (file(name) is { } bytes && Sources(bytes, Path.Combine(folder, name)) is { Source: { } source } found)
            {
                return new JinjaChatTemplate($"{Path.Combine(folder, name)}:{Key}", source, TemplateChoice.Model, found.ToolSource);
            }
        }

        return null;
    }

    private static (string? Source, string? ToolSource) Sources(byte[] bytes, string path)
    {
        try
        {
            using var json = JsonDocument.Parse(bytes);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty(Key, out var template))
            {
                return default;
            }

            if (template.ValueKind != JsonValueKind.Array)
            {
                return (template.GetString(), null);
            }

            var named = template.EnumerateArray().ToDictionary(item => item.GetProperty("name").GetString()!, item => item.GetProperty("template").GetString());
            return (named.GetValueOrDefault(DefaultName) ?? named.Values.FirstOrDefault(), named.GetValueOrDefault(ToolName));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentException)
        {
            throw new InvalidDataException($"{path}: '{Key}' is neither a text nor a list of named texts: {e.Message}", e);
        }
    }

    /// <summary>The JSON object with the key's value replaced, or with the key added before its end.</summary>
    private static byte[] WithKey(byte[] json, string source)
    {
        var value = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(source, new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        var reader = new Utf8JsonReader(json);
        var last = 0;
        while (reader.Read())
        {
            if (reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals(Key))
            {
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                return [.. json[..start], .. value, .. json[(int)reader.BytesConsumed..]];
            }

            last = reader.CurrentDepth == 0 && reader.TokenType == JsonTokenType.EndObject ? last : (int)reader.BytesConsumed;
        }

        var isEmpty = json.AsSpan(0, last).TrimEnd("{ \t\r\n"u8).IsEmpty;
        return [.. json[..last], .. Encoding.UTF8.GetBytes($"{(isEmpty ? "" : ",")}\n  \"{Key}\": "), .. value, .. json[last..]];
    }
}
