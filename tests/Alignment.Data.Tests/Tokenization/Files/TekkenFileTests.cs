using System.Text.Json.Nodes;
using Alignment.Data.Tokenization;

namespace Alignment.Data.Tests.Tokenization.Files;

public class TekkenFileTests
{
    [Fact]
    public void Encode_RanksBehindTheSpecialTokens()
    {
        using var folder = new TemporaryFolder();
        folder.Write("tekken.json", Tekken().ToJsonString());
        var tokenizer = TextTokenizer.Load(folder.Path);

        // 20 special tokens, then the bytes, then "ab" with rank 256 and " ab" with 257; rank 258 is beyond the vocabulary.
        tokenizer.Encode("ab ab a").ShouldBe([276, 277, 20 + ' ', 20 + 'a']);
        tokenizer.Encode("abc").ShouldBe([276, 20 + 'c']);
        tokenizer.EncodeWithPostProcessor("<s>é[INST]").ShouldBe([1, 1, 20 + 0xC3, 20 + 0xA9, 3]);
        (tokenizer.BosId, tokenizer.EosId, tokenizer.PadId, tokenizer.UnknownId, tokenizer.VocabularySize).ShouldBe((1, 2, 11, 0, 278));
        tokenizer.SpecialId("<SPECIAL_17>").ShouldBe(17);
        tokenizer.Decode([1, 276, 20 + 0xC3, 20 + 0xA9, 2]).ShouldBe("abé");
    }

    [Fact]
    public void Load_ListedSpecialTokens_HaveTheirRanks()
    {
        using var folder = new TemporaryFolder();
        var json = Tekken();
        json["special_tokens"] = new JsonArray(
            [.. new[] { "<unk>", "<s>", "</s>", "[THINK]" }.Select((name, rank) => new JsonObject { ["rank"] = rank, ["token_str"] = name, ["is_control"] = true })]);
        folder.Write("tekken.json", json.ToJsonString());

        var tokenizer = TextTokenizer.Load(folder.Path);

        tokenizer.EncodeWithSpecials("[THINK][INST]").ShouldBe([3, .. tokenizer.Encode("[INST]")]);
        tokenizer.SpecialId("<SPECIAL_19>").ShouldBe(19);
    }

    [Theory]
    [InlineData("default_num_special_tokens", 300, "default_vocab_size of 278 with 300 special tokens")]
    [InlineData("default_vocab_size", 200, "no token for the byte")]
    public void Load_NumbersThatDoNotFit_AreNamed(string key, int value, string message)
    {
        using var folder = new TemporaryFolder();
        var json = Tekken();
        json["config"]![key] = value;
        folder.Write("tekken.json", json.ToJsonString());

        Should.Throw<InvalidDataException>(() => TextTokenizer.Load(folder.Path)).Message.ShouldContain(message);
    }

    private static JsonObject Tekken()
    {
        byte[][] tokens = [.. Enumerable.Range(0, 256).Select(value => new[] { (byte)value }), "ab"u8.ToArray(), " ab"u8.ToArray(), "abc"u8.ToArray()];
        return new()
        {
            ["config"] = new JsonObject { ["pattern"] = @" ?\p{L}+|[^\p{L}]", ["num_vocab_tokens"] = tokens.Length, ["default_vocab_size"] = 278, ["default_num_special_tokens"] = 20, ["version"] = "v3" },
            ["vocab"] = new JsonArray([.. tokens.Select((bytes, rank) => new JsonObject { ["rank"] = rank, ["token_bytes"] = Convert.ToBase64String(bytes), ["token_str"] = null })]),
        };
    }
}
