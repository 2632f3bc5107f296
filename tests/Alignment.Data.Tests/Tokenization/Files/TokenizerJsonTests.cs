using System.Text.Json.Nodes;
using Alignment.Data.Tokenization.Files;

namespace Alignment.Data.Tests.Tokenization.Files;

public class TokenizerJsonTests
{
    [Theory]
    [InlineData("""{"type": "WordPiece", "vocab": {"[UNK]": 0, "ab": 1, "##c": 2}}""", "abc", "1 2")]
    [InlineData("""{"vocab": {"[UNK]": 0, "ab": 1, "--c": 2}, "unk_token": "[UNK]", "continuing_subword_prefix": "--", "max_input_chars_per_word": 3}""", "abc", "1 2")]
    [InlineData("""{"type": "WordLevel", "vocab": {"<unk>": 0, "ab": 1}, "unk_token": "<unk>"}""", "ab", "1")]
    [InlineData("""{"type": "WordLevel", "vocab": {"<unk>": 0, "ab": 1}, "unk_token": "<unk>"}""", "abc", "0")]
    [InlineData("""{"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0], ["a", -1], ["b", -1], ["ab", -1.5]]}""", "abxab", "3 0 3")]
    [InlineData("""{"unk_id": 0, "vocab": [["<unk>", 0], ["a", -1], ["b", -1], ["ab", -2.5]]}""", "ab", "1 2")]
    [InlineData("""{"vocab": {"a": 0, "b": 1, "ab": 2}, "merges": [["a", "b"]]}""", "aab", "0 2")]
    public void Encode_EveryModel_GivesItsIds(string model, string text, string ids)
    {
        using var folder = new TemporaryFolder();
        var json = TokenizerFolder.Characters(["a"]);
        json["model"] = JsonNode.Parse(model);
        json["added_tokens"] = new JsonArray();
        var tokenizer = TokenizerFolder.Load(folder, json, "{}");

        string.Join(' ', tokenizer.Encode(text)).ShouldBe(ids);
    }

    [Fact]
    public void Load_BertsConfiguration_WinsOverTheFile()
    {
        using var folder = new TemporaryFolder();
        var json = TokenizerFolder.Characters(["a", "A", "é", "e", "\u0301"]);
        json["normalizer"] = JsonNode.Parse("""{"type": "BertNormalizer", "lowercase": true}""");

        TokenizerFolder.Load(folder, json, "{}").Encode("Aé").ShouldBe([0, 3]);
        TokenizerFolder.Load(folder, json, """{"do_lower_case": false}""").Encode("Aé").ShouldBe([1, 2]);
        TokenizerFolder.Load(folder, json, """{"do_lower_case": false, "strip_accents": true}""").Encode("Aé").ShouldBe([1, 3]);
    }

    [Fact]
    public void Load_AddPrefixSpace_WinsOverTheFile()
    {
        using var folder = new TemporaryFolder();
        var json = TokenizerFolder.Characters(["Ġ", "a"]);
        json["pre_tokenizer"] = JsonNode.Parse("""{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true}""");

        TokenizerFolder.Load(folder, json, "{}").Encode("a").ShouldBe([1]);
        TokenizerFolder.Load(folder, json, """{"add_prefix_space": true}""").Encode("a").ShouldBe([0, 1]);
    }

    [Theory]
    [InlineData("""{"tokenizer_class": "LlamaTokenizer"}""", "1 0")]
    [InlineData("""{"tokenizer_class": "LlamaTokenizerFast", "add_bos_token": false}""", "0")]
    [InlineData("""{"tokenizer_class": "GemmaTokenizer", "bos_token": "<s>", "eos_token": "</s>", "add_eos_token": true}""", "1 0 2")]
    [InlineData("""{"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>", "add_bos_token": true}""", "0")]
    public void EncodeWithPostProcessor_ClassesWithFlags_PutBosAsTheySay(string config, string ids)
    {
        using var folder = new TemporaryFolder();
        var json = TokenizerFolder.Characters(["a"]);
        json["added_tokens"] = new JsonArray(TokenizerFolder.AddedToken(1, "<s>"), TokenizerFolder.AddedToken(2, "</s>"));

        string.Join(' ', TokenizerFolder.Load(folder, json, config).EncodeWithPostProcessor("a")).ShouldBe(ids);
    }

    [Fact]
    public void Load_AddedTokensOfTheConfiguration_ChangeHowTheyAreFound()
    {
        using var folder = new TemporaryFolder();
        var json = TokenizerFolder.Characters(["a", " "]);
        json["added_tokens"] = new JsonArray(TokenizerFolder.AddedToken(2, "<m>"));

        TokenizerFolder.Load(folder, json, "{}").EncodeWithSpecials("a <m>").ShouldBe([0, 1, 2]);
        TokenizerFolder.Load(folder, json, """{"added_tokens_decoder": {"2": {"content": "<m>", "lstrip": true, "special": true}}}""").EncodeWithSpecials("a <m>").ShouldBe([0, 2]);
    }

    [Fact]
    public void Load_ModelsConfiguration_TellsTheClass()
    {
        using var folder = new TemporaryFolder();
        folder.Write("config.json", """{"model_type": "gpt2"}""");
        var json = TokenizerFolder.Characters(["a"]);
        json["added_tokens"] = new JsonArray(TokenizerFolder.AddedToken(1, "<|endoftext|>"));

        TokenizerFolder.Load(folder, json, "{}").EosId.ShouldBe(1);
        TokenizerFolder.Load(folder, json, """{"eos_token": null}""").HasEos.ShouldBeFalse();
    }

    [Fact]
    public void SpecialTokens_OfLlama3_AreThoseOfItsRelease()
    {
        var tokens = Llama3.SpecialTokens().ToDictionary(t => t.Id, t => t.Content);

        tokens.Count.ShouldBe(256);
        tokens[128_000].ShouldBe("<|begin_of_text|>");
        tokens[128_002].ShouldBe("<|reserved_special_token_0|>");
        tokens[128_008].ShouldBe("<|reserved_special_token_4|>");
        tokens[128_009].ShouldBe("<|eot_id|>");
        tokens[128_010].ShouldBe("<|reserved_special_token_5|>");
        tokens[128_255].ShouldBe("<|reserved_special_token_250|>");
    }
}
