using System.Text.Json.Nodes;
using Alignment.Data.Gguf;
using Alignment.Data.Tests.Tokenization;
using Alignment.Data.Tokenization;

namespace Alignment.Data.Tests.Gguf;

public class GgufVocabularyTests
{
    [Fact]
    public void Metadata_ByteLevelBpe_HasTokensTypesAndMerges()
    {
        // TinyTokenizer: 4 specials, 256 byte letters, "ab"; the model has two rows more.
        var values = GgufVocabulary.Metadata(TinyTokenizer.Instance, 263, [TinyTokenizer.End], "{{ x }}").ToDictionary(pair => pair.Key, pair => pair.Value);

        values.Keys.ShouldBe(
        [
            "tokenizer.ggml.model", "tokenizer.ggml.pre", "tokenizer.ggml.tokens", "tokenizer.ggml.token_type", "tokenizer.ggml.merges",
            "tokenizer.ggml.bos_token_id", "tokenizer.ggml.eos_token_id", "tokenizer.ggml.padding_token_id", "tokenizer.ggml.add_bos_token", "tokenizer.ggml.add_eos_token",
            "tokenizer.chat_template",
        ]);
        values["tokenizer.ggml.model"].ShouldBe("gpt2");
        values["tokenizer.ggml.pre"].ShouldBe("gpt-2");
        var tokens = (string[])values["tokenizer.ggml.tokens"];
        tokens.Length.ShouldBe(263);
        tokens[0].ShouldBe("<|pad|>");
        tokens[4 + ' '].ShouldBe("Ġ");
        tokens[260..].ShouldBe(["ab", "[PAD261]", "[PAD262]"]);
        var types = (int[])values["tokenizer.ggml.token_type"];
        types[..5].ShouldBe([3, 3, 3, 3, 1]);
        types[260..].ShouldBe([1, 5, 5]);
        values["tokenizer.ggml.merges"].ShouldBe(new[] { "a b" });
        values["tokenizer.ggml.bos_token_id"].ShouldBe(1u);
        values["tokenizer.ggml.eos_token_id"].ShouldBe(3u);
        values["tokenizer.ggml.padding_token_id"].ShouldBe(0u);
        values["tokenizer.ggml.add_bos_token"].ShouldBe(false);
        values["tokenizer.chat_template"].ShouldBe("{{ x }}");
    }

    [Fact]
    public void Metadata_AnotherStopId_IsTheEndOfATurn()
    {
        var values = GgufVocabulary.Metadata(TinyTokenizer.Instance, 261, [TinyTokenizer.End, TinyTokenizer.Start]).ToDictionary(pair => pair.Key, pair => pair.Value);
        values["tokenizer.ggml.eot_token_id"].ShouldBe((uint)TinyTokenizer.Start);
        values.Keys.ShouldNotContain("tokenizer.chat_template");
    }

    [Fact]
    public void Metadata_ByteFallback_HasScoresThatOrderAsTheMergesDo()
    {
        var tokenizer = TextTokenizer.Load(TokenizerFolder.Stories);
        var values = GgufVocabulary.Metadata(tokenizer, 512, [tokenizer.EosId]).ToDictionary(pair => pair.Key, pair => pair.Value);

        values["tokenizer.ggml.model"].ShouldBe("llama");
        values["tokenizer.ggml.pre"].ShouldBe("default");
        values["tokenizer.ggml.add_space_prefix"].ShouldBe(true);
        values["tokenizer.ggml.unknown_token_id"].ShouldBe(0u);
        values.Keys.ShouldNotContain("tokenizer.ggml.merges");
        var tokens = (string[])values["tokenizer.ggml.tokens"];
        var types = (int[])values["tokenizer.ggml.token_type"];
        types[..4].ShouldBe([2, 3, 3, 6]); // <unk>, <s>, </s>, <0x00>
        tokens[3].ShouldBe("<0x00>");
        types[3..259].ShouldAllBe(type => type == 6);
        types[259..].ShouldAllBe(type => type == 1);

        // The vocabulary lists tokens in the order in which they were learned, so scores fall with the ids of what merges make.
        var scores = (float[])values["tokenizer.ggml.scores"];
        var document = JsonNode.Parse(File.ReadAllText(Path.Combine(TokenizerFolder.Stories, "tokenizer.json")))!;
        var made = document["model"]!["merges"]!.AsArray().Select(merge => merge is JsonArray pair ? $"{pair[0]}{pair[1]}" : ((string)merge!).Replace(" ", "", StringComparison.Ordinal)).Distinct().ToList();
        var ordered = made.Select(token => scores[Array.IndexOf(tokens, token)]).ToList();
        ordered.ShouldBe(ordered.Distinct().OrderDescending());
    }

    [Fact]
    public void Metadata_FewerRowsThanTokens_Throws() =>
        Should.Throw<InvalidDataException>(() => GgufVocabulary.Metadata(TinyTokenizer.Instance, 260, [])).Message.ShouldContain("ids up to 260, the model's embedding only 260 rows");

    [Theory]
    [InlineData("""{"type": "ByteLevel", "add_prefix_space": false, "use_regex": true}""", false, "gpt-2")]
    [InlineData("""{"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": true}, {"type": "ByteLevel", "add_prefix_space": false, "use_regex": true}]}""", false, "smollm")]
    [InlineData("""(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+""", true, "llama-bpe")]
    [InlineData("""(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+""", false, "dbrx")]
    [InlineData("""'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+""", false, "qwen2")] // the same cuts, written otherwise
    public void Metadata_PreTokenizer_IsKnownByWhatItDoes(string preTokenizer, bool ignoreMerges, string expected)
    {
        using var folder = new TemporaryFolder();
        var values = GgufVocabulary.Metadata(Load(folder, preTokenizer, ignoreMerges), 100, []);
        values.Single(pair => pair.Key == "tokenizer.ggml.pre").Value.ShouldBe(expected);
    }

    [Fact]
    public void Metadata_UnknownPreTokenizer_AsksForItsName()
    {
        using var folder = new TemporaryFolder();
        var tokenizer = Load(folder, @"\p{L}+|\s", ignoreMerges: false);

        Should.Throw<InvalidDataException>(() => GgufVocabulary.Metadata(tokenizer, 100, [])).Message.ShouldContain("name the pre-tokenizer yourself");
        GgufVocabulary.Metadata(tokenizer, 100, [], preTokenizer: "poro-chat").Single(pair => pair.Key == "tokenizer.ggml.pre").Value.ShouldBe("poro-chat");
    }

    [Fact]
    public void Metadata_ANormalizerThatTheRuntimeLacks_Refuses()
    {
        using var folder = new TemporaryFolder();
        var document = ByteLevel("""{"type": "ByteLevel", "add_prefix_space": false, "use_regex": true}""", ignoreMerges: false);
        document["normalizer"] = JsonNode.Parse("""{"type": "Lowercase"}""");
        Should.Throw<InvalidDataException>(() => GgufVocabulary.Metadata(TokenizerFolder.Load(folder, document), 100, [])).Message.ShouldContain("rewrites texts");

        document["normalizer"] = JsonNode.Parse("""{"type": "NFC"}""");
        GgufVocabulary.Metadata(TokenizerFolder.Load(folder, document), 100, []).ShouldNotBeEmpty();
    }

    private static TextTokenizer Load(TemporaryFolder folder, string preTokenizer, bool ignoreMerges) => TokenizerFolder.Load(folder, ByteLevel(preTokenizer, ignoreMerges));

    private static JsonObject ByteLevel(string preTokenizer, bool ignoreMerges)
    {
        var byteLevel = JsonNode.Parse("""{"type": "ByteLevel", "add_prefix_space": false, "use_regex": false}""")!;
        var document = TokenizerFolder.Characters(["a", "b", "ab"], "a b");
        document["pre_tokenizer"] = preTokenizer.StartsWith('{')
            ? JsonNode.Parse(preTokenizer)
            : new JsonObject
            {
                ["type"] = "Sequence",
                ["pretokenizers"] = new JsonArray(
                    new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = preTokenizer }, ["behavior"] = "Isolated", ["invert"] = false },
                    byteLevel.DeepClone()),
            };
        document["decoder"] = byteLevel;
        document["model"]!["ignore_merges"] = ignoreMerges;
        return document;
    }
}
