using System.Text.Json.Nodes;
using Alignment.Data.Tokenization;

namespace Alignment.Data.Tests.Tokenization.Files;

public class TokenizerDefinitionTests
{
    [Fact]
    public void Load_MissingFolderOrFile_SaysWhich()
    {
        using var folder = new TemporaryFolder();

        Should.Throw<DirectoryNotFoundException>(() => TextTokenizer.Load(Path.Combine(folder.Path, "none"))).Message.ShouldContain("none");
        Should.Throw<FileNotFoundException>(() => TextTokenizer.Load(folder.Path)).Message.ShouldContain("tokenizer.json");
    }

    [Fact]
    public void Load_EveryTruncation_Fails()
    {
        using var folder = new TemporaryFolder();
        var text = Valid().ToJsonString();
        folder.Write("tokenizer_config.json", """{"eos_token": "<eos>"}""");
        for (var length = 0; length < text.Length; length++)
        {
            folder.Write("tokenizer.json", text[..length]);
            Should.Throw<InvalidDataException>(() => TextTokenizer.Load(folder.Path)).Message.ShouldContain("tokenizer.json");
        }
    }

    [Theory]
    [InlineData("""{"a": 0, "b": 0}""", "'a'", "'b'")]
    [InlineData("""{"a": 0, "b": -1}""", "'b'", "-1")]
    [InlineData("""{"a": 0, "b": 4000000000}""", "'b'", "4000000000")]
    [InlineData("""{"a": 0, "b": 1.5}""", "'b'", "1.5")]
    [InlineData("""{}""", "model.vocab", "empty")]
    [InlineData("""["a"]""", "model.vocab", "object")]
    public void Load_BadVocabulary_NamesTheEntry(string vocabulary, string first, string second)
    {
        var json = Valid();
        json["model"]!["vocab"] = JsonNode.Parse(vocabulary);
        json["model"]!["merges"] = new JsonArray();

        var message = TokenizerFolder.LoadError(json);

        message.ShouldContain(first);
        message.ShouldContain(second);
    }

    [Fact]
    public void Load_TokenTwice_NamesIt()
    {
        using var folder = new TemporaryFolder();
        folder.Write("tokenizer.json", """{"model": {"type": "BPE", "vocab": {"a": 0, "a": 1}, "merges": []}}""");

        Should.Throw<InvalidDataException>(() => TextTokenizer.Load(folder.Path)).Message.ShouldContain("'a' twice");
    }

    [Theory]
    [InlineData("""["a"]""", "model.merges[0]")]
    [InlineData("""["a "]""", "model.merges[0]")]
    [InlineData("""["a b c"]""", "model.merges[0]")]
    [InlineData("""["a b", ["a"]]""", "model.merges[1]")]
    [InlineData("""["a b", 7]""", "model.merges[1]")]
    [InlineData("""["a x"]""", "'x'")]
    [InlineData("""["b a"]""", "'b' and 'a'")]
    [InlineData("""{"a": "b"}""", "model.merges")]
    public void Load_BadMerges_NamesThePlace(string merges, string place)
    {
        var json = Valid();
        json["model"]!["merges"] = JsonNode.Parse(merges);

        TokenizerFolder.LoadError(json).ShouldContain(place);
    }

    [Fact]
    public void Load_MissingParts_NamesThem()
    {
        Without(json => json.Remove("model")).ShouldContain("'model'");
        Without(json => json["model"]!.AsObject().Remove("vocab")).ShouldContain("'vocab'");
        Without(json => json["model"]!["unk_token"] = "?").ShouldContain("'?'");
    }

    [Theory]
    [InlineData("model", """{"type": "Bigram", "vocab": []}""", "Bigram")]
    [InlineData("model", """{"vocab": {"[UNK]": 0}}""", "model")]
    [InlineData("normalizer", """{"type": "Precompiled"}""", "precompiled_charsmap")]
    [InlineData("normalizer", """{"type": "Precompiled", "precompiled_charsmap": "/////w=="}""", "normalizer.precompiled_charsmap")]
    [InlineData("normalizer", """{"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Nfx"}]}""", "normalizer.normalizers[1] is a Nfx")]
    [InlineData("pre_tokenizer", """{"type": "UnicodeScripts"}""", "UnicodeScripts")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"Regex": "a++("}, "behavior": "Isolated"}""", "pre_tokenizer.pattern")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"Regex": "a"}, "behavior": "Torn"}""", "Torn")]
    [InlineData("decoder", """{"type": "Speech"}""", "Speech")]
    public void Load_UnsupportedPart_NamesIt(string part, string content, string named)
    {
        var json = Valid();
        json[part] = JsonNode.Parse(content);

        TokenizerFolder.LoadError(json).ShouldContain(named);
    }

    [Fact]
    public void Load_AddedTokensAtOdds_NamesThem()
    {
        WithAdded(TokenizerFolder.AddedToken(3, "<eos>"), TokenizerFolder.AddedToken(3, "<bos>")).ShouldContain("'<bos>'");
        WithAdded(TokenizerFolder.AddedToken(0, "<eos>")).ShouldContain("'a'");
        WithAdded(TokenizerFolder.AddedToken(3, "<eos>"), TokenizerFolder.AddedToken(5, "a")).ShouldContain("'a'");
        WithAdded(TokenizerFolder.AddedToken(3, "<eos>"), TokenizerFolder.AddedToken(3, "<eos>")).ShouldContain("twice");
        WithAdded(TokenizerFolder.AddedToken(3, "<eos>"), TokenizerFolder.AddedToken(4, "")).ShouldContain("added_tokens[1]");

        static string WithAdded(params JsonNode[] tokens) => Without(json => json["added_tokens"] = new JsonArray(tokens));
    }

    [Fact]
    public void EosId_NotDeclared_SaysWhereToDeclareIt()
    {
        using var folder = new TemporaryFolder();
        var tokenizer = TokenizerFolder.Load(folder, Valid(), "{}");

        tokenizer.HasEos.ShouldBeFalse();
        tokenizer.PadId.ShouldBe(0);
        Should.Throw<InvalidDataException>(() => tokenizer.EosId).Message.ShouldContain("eos_token");
        TokenizerFolder.LoadError(Valid(), """{"eos_token": "<end>"}""").ShouldContain("'<end>'");
    }

    [Fact]
    public void Load_ConfigForms_AllDeclareTheTokens()
    {
        using var folder = new TemporaryFolder();
        folder.Write("special_tokens_map.json", """{"eos_token": "b", "bos_token": "b"}""");
        var tokenizer = TokenizerFolder.Load(folder, Valid(), """{"eos_token": {"__type": "AddedToken", "content": "<eos>"}, "pad_token": "<pad>", "added_tokens_decoder": {"9": {"content": "<pad>", "special": true}}}""");

        (tokenizer.EosId, tokenizer.BosId, tokenizer.PadId, tokenizer.VocabularySize).ShouldBe((3, 1, 9, 10));
    }

    [Fact]
    public void Load_MergeTwice_TakesTheLater()
    {
        using var folder = new TemporaryFolder();
        TokenizerFolder.Load(folder, TokenizerFolder.Characters(["a", "b", "c", "ab", "bc"], "a b", "b c", "a b")).Encode("abc").ShouldBe([0, 4]);
    }

    private static JsonObject Valid() => TokenizerFolder.Characters(["a", "b", "ab"], "a b");

    private static string Without(Action<JsonObject> change)
    {
        var json = Valid();
        change(json);
        return TokenizerFolder.LoadError(json);
    }
}
