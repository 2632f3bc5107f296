using System.Diagnostics;
using System.Text.Json.Nodes;
using Alignment.Data.Tokenization;

namespace Alignment.Data.Tests.Tokenization.Files;

/// <summary>Files that want to take time or memory: each is an error, soon.</summary>
public class HostileTokenizerTests
{
    [Theory]
    [InlineData("""{"type": "BPE", "vocab": {"a": 2000000000}, "merges": []}""", "2000000000")]
    [InlineData("""{"type": "BPE", "vocab": {"a": 99999999999999999999}, "merges": []}""", "ids are whole numbers")]
    [InlineData("""{"type": "Unigram", "unk_id": 7, "vocab": [["a", 0]]}""", "unk_id is 7")]
    [InlineData("""{"type": "Unigram", "vocab": [["a"]]}""", "model.vocab[0]")]
    [InlineData("""{"type": "Unigram", "vocab": [["a", "b"]]}""", "model.vocab[0]")]
    [InlineData("""{"type": "WordPiece", "vocab": {"a": 0}}""", "unk_token '[UNK]'")]
    [InlineData("""{"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "?"}""", "unk_token '?'")]
    [InlineData("""{"type": "BPE", "vocab": {"a": 0}, "merges": ["a b"]}""", "merges 'b'")]
    [InlineData("""{"type": "BPE", "vocab": {"a": 0}, "merges": [], "dropout": 0.1}""", "dropout")]
    public void Load_BadModel_NamesThePlace(string model, string named)
    {
        var json = TokenizerFolder.Characters(["a"]);
        json["model"] = JsonNode.Parse(model);

        Soon(() => TokenizerFolder.LoadError(json).ShouldContain(named));
    }

    [Fact]
    public void Load_AddedTokenWithAHugeId_NamesIt()
    {
        var json = TokenizerFolder.Characters(["a"]);
        json["added_tokens"] = new JsonArray(TokenizerFolder.AddedToken(2_000_000_000, "<eos>"));

        Soon(() => TokenizerFolder.LoadError(json).ShouldContain("added_tokens[0] has the id 2000000000"));
    }

    [Fact]
    public void Load_DeeplyNestedParts_Fails()
    {
        using var folder = new TemporaryFolder();
        folder.Write("tokenizer.json", string.Concat(Enumerable.Repeat("""{"type": "Sequence", "normalizers": [""", 10_000)));

        Soon(() => Should.Throw<InvalidDataException>(() => TextTokenizer.Load(folder.Path)).Message.ShouldContain("tokenizer.json"));
    }

    [Fact]
    public void Encode_NormalizerThatDoublesForever_Fails()
    {
        using var folder = new TemporaryFolder();
        var json = TokenizerFolder.Characters(["a"]);
        var steps = string.Join(',', Enumerable.Repeat("""{"type": "Replace", "pattern": {"String": "a"}, "content": "aa"}""", 40));
        json["normalizer"] = JsonNode.Parse($$"""{"type": "Sequence", "normalizers": [{{steps}}]}""");
        var tokenizer = TokenizerFolder.Load(folder, json);

        Soon(() => Should.Throw<InvalidDataException>(() => tokenizer.Encode("aaa")).Message.ShouldContain("normalizer"));
    }

    [Fact]
    public void Load_LongReplacement_NamesThePlace()
    {
        var json = TokenizerFolder.Characters(["a"]);
        json["normalizer"] = new JsonObject { ["type"] = "Prepend", ["prepend"] = new string('a', 100_000) };

        TokenizerFolder.LoadError(json).ShouldContain("normalizer.prepend has 100000 characters");
    }

    [Fact]
    public void Encode_PatternThatBacktracksWithoutEnd_Fails()
    {
        using var folder = new TemporaryFolder();
        var json = TokenizerFolder.Characters(["a", "b"]);
        json["pre_tokenizer"] = JsonNode.Parse("""{"type": "Split", "pattern": {"Regex": "(a+)+c"}, "behavior": "Isolated", "invert": false}""");
        var tokenizer = TokenizerFolder.Load(folder, json);

        Soon(() => Should.Throw<InvalidDataException>(() => tokenizer.Encode(new string('a', 60))).Message.ShouldContain("(a+)+c"));
    }

    [Fact]
    public void Encode_LongTextWithoutBlanks_TakesItsTimeOnly()
    {
        var text = new string('a', 300_000);
        foreach (var tokenizer in (TextTokenizer[])[TinyTokenizer.Instance, TextTokenizer.Load(TokenizerFolder.Stories)])
        {
            var watch = Stopwatch.StartNew();
            tokenizer.Decode(tokenizer.Encode(text)).ShouldBe(text);
            watch.Elapsed.TotalSeconds.ShouldBeLessThan(10);
        }
    }

    private static void Soon(Action action)
    {
        var watch = Stopwatch.StartNew();
        action();
        watch.Elapsed.TotalSeconds.ShouldBeLessThan(5); // One on a quiet machine.
    }
}
