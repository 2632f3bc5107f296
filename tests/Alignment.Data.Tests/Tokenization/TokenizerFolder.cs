using System.Text.Json.Nodes;
using Alignment.Data.Tokenization;

namespace Alignment.Data.Tests.Tokenization;

/// <summary>Small tokenizer folders, written as Hugging Face files.</summary>
internal static class TokenizerFolder
{
    public static readonly string Stories = Path.Combine(AppContext.BaseDirectory, "Fixtures", "stories260K");

    /// <summary>A character-level tokenizer.json over the given tokens with the given merges: no normalizer, pre-tokenizer or decoder.</summary>
    public static JsonObject Characters(string[] tokens, params string[] merges) => new()
    {
        ["version"] = "1.0",
        ["added_tokens"] = new JsonArray(AddedToken(tokens.Length, "<eos>")),
        ["normalizer"] = null,
        ["pre_tokenizer"] = null,
        ["decoder"] = new JsonObject { ["type"] = "Fuse" },
        ["model"] = new JsonObject
        {
            ["type"] = "BPE",
            ["vocab"] = new JsonObject(tokens.Select((t, i) => KeyValuePair.Create<string, JsonNode?>(t, i))),
            ["merges"] = new JsonArray([.. merges.Select(m => JsonValue.Create(m))]),
        },
    };

    public static JsonObject AddedToken(int id, string content, bool special = true) => new() { ["id"] = id, ["content"] = content, ["special"] = special };

    public static TextTokenizer Load(TemporaryFolder folder, JsonObject tokenizer, string config = """{"eos_token": "<eos>"}""")
    {
        folder.Write("tokenizer.json", tokenizer.ToJsonString());
        folder.Write("tokenizer_config.json", config);
        return TextTokenizer.Load(folder.Path);
    }

    /// <summary>The message with which loading fails; it must name the file.</summary>
    public static string LoadError(JsonObject tokenizer, string config = """{"eos_token": "<eos>"}""")
    {
        using var folder = new TemporaryFolder();
        var message = Should.Throw<InvalidDataException>(() => Load(folder, tokenizer, config)).Message;
        message.ShouldStartWith(folder.Path);
        return message;
    }
}
