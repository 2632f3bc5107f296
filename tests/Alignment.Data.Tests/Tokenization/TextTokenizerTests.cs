using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Data.Tokenization;

namespace Alignment.Data.Tests.Tokenization;

public class TextTokenizerTests
{
    [Fact]
    public void Load_SeveralFolders_FirstThatHasATokenizer()
    {
        using var adapter = new TemporaryFolder();
        using var model = new TemporaryFolder();
        string[] folders = [adapter.Path, model.Path];

        Should.Throw<FileNotFoundException>(() => TextTokenizer.Load(folders)).Message.ShouldStartWith($"'{model.Path}' has no tokenizer");
        TinyTokenizer.WriteTo(model);
        TextTokenizer.Load(folders).Folder.ShouldBe(model.Path);
        TinyTokenizer.WriteTo(adapter);
        TextTokenizer.Load(folders).Folder.ShouldBe(adapter.Path);
        adapter.Write("tokenizer.json", "{");
        Should.Throw<InvalidDataException>(() => TextTokenizer.Load(folders)).Message.ShouldContain(adapter.Path);
    }

    [Fact]
    public void Encode_GoldenPrompts_GivesTheirIds()
    {
        var tokenizer = TextTokenizer.Load(TokenizerFolder.Stories);
        foreach (var item in Golden(TokenizerFolder.Stories))
        {
            int[] ids = [tokenizer.BosId!.Value, .. tokenizer.Encode(item.GetProperty("prompt").GetString()!)];
            ids.ShouldBe(Ids(item, "input_ids"));
        }
    }

    [Fact]
    public void Decode_GoldenContinuations_GivesTheirText()
    {
        var tokenizer = TextTokenizer.Load(TokenizerFolder.Stories);
        foreach (var item in Golden(TokenizerFolder.Stories))
        {
            int[] all = [.. Ids(item, "input_ids"), .. Ids(item, "greedy_new_ids")];
            tokenizer.Decode(all).ShouldBe((item.GetProperty("prompt").GetString() + item.GetProperty("greedy_text").GetString()).TrimStart(' '));
        }
    }

    [Theory]
    [InlineData("byte-level-gpt2")]
    [InlineData("byte-level-gpt4")]
    public void EncodeWithSpecials_TrainedTokenizer_GivesTheIdsOfHuggingFace(string name)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Fixtures", name);
        var tokenizer = TextTokenizer.Load(folder);
        foreach (var item in Golden(folder))
        {
            var text = item.GetProperty("text").GetString()!;
            tokenizer.EncodeWithSpecials(text).ShouldBe(Ids(item, "ids"), text);
        }
    }

    [Fact]
    public void Load_Stories_HasTheDeclaredIds()
    {
        var tokenizer = TextTokenizer.Load(TokenizerFolder.Stories);

        (tokenizer.VocabularySize, tokenizer.BosId, tokenizer.EosId, tokenizer.PadId).ShouldBe((512, 1, 2, 2));
        tokenizer.Fingerprint.ShouldBe("bd56c93ab6ff924dd36961506342bcaa58f7e4a64401020a5891b4c23523b173");
    }

    [Fact]
    public void Encode_ByteFallback_RoundTripsEveryText()
    {
        // ▁ itself stands for a blank, so it does not come back.
        var tokenizer = TextTokenizer.Load(TokenizerFolder.Stories);
        foreach (var text in TestTexts.Random(seed: 2, count: 300, length: 40))
        {
            tokenizer.Decode(tokenizer.Encode(text), skipSpecials: false).ShouldBe(text.Replace('▁', ' '));
        }
    }

    [Fact]
    public void Encode_ByteFallback_GivesOneIdPerByte()
    {
        // 😀 is F0 9F 98 80; byte tokens begin at id 3.
        var tokenizer = TextTokenizer.Load(TokenizerFolder.Stories);

        tokenizer.Encode("😀")[^4..].ShouldBe([0xF0 + 3, 0x9F + 3, 0x98 + 3, 0x80 + 3]);
        tokenizer.Decode([0xF0 + 3, 0x9F + 3]).ShouldBe("\uFFFD\uFFFD");
    }

    [Fact]
    public void Encode_SpecialTokensInPlainText_AreText()
    {
        var tokenizer = TextTokenizer.Load(TokenizerFolder.Stories);

        foreach (var text in (string[])["</s>", "<s>Once</s>", "a</s>b<unk>"])
        {
            tokenizer.Encode(text).ShouldNotContain(id => tokenizer.IsSpecial(id));
            tokenizer.Decode(tokenizer.Encode(text)).ShouldBe(text);
        }
    }

    [Fact]
    public void EncodeWithSpecials_SpecialTokens_BecomeTheirIds()
    {
        using var folder = new TemporaryFolder();
        var tokenizer = StoriesWithRawSpecials(folder);

        int[] expected = [1, .. tokenizer.Encode("Once"), 2];
        tokenizer.EncodeWithSpecials("<s>Once</s>").ShouldBe(expected);
        tokenizer.Decode(expected).ShouldBe("Once");
        tokenizer.Decode(expected, skipSpecials: false).ShouldBe("<s> Once</s>");
    }

    [Fact]
    public void EncodeWithSpecials_NormalizedTokens_AreFoundInTheNormalizedText()
    {
        // The file calls its special tokens normalized: <s> is looked for as ▁<s>, which is how a text begins that begins with it.
        var tokenizer = TextTokenizer.Load(TokenizerFolder.Stories);

        tokenizer.EncodeWithSpecials("<s></s>").ShouldBe([1, .. tokenizer.Encode("a</s>")[^4..]]);
        tokenizer.EncodeWithSpecials("Once <s>").ShouldBe([.. tokenizer.Encode("Once"), 1]);
    }

    [Fact]
    public void EncodeWithSpecials_Content_CannotMakeOrCompleteSpecialTokens()
    {
        using var folder = new TemporaryFolder();
        var tokenizer = StoriesWithRawSpecials(folder);

        tokenizer.EncodeWithSpecials("<s>Once</s>", [(3, 7)]).ShouldBe([1, .. tokenizer.Encode("Once"), 2]);
        tokenizer.EncodeWithSpecials("<s>Once</s>", [(3, 11)]).ShouldBe([1, .. tokenizer.Encode("Once</s>")]);
        tokenizer.EncodeWithSpecials("<s>Once</s>", [(10, 11)]).ShouldBe([1, .. tokenizer.Encode("Once</s>")]);
    }

    [Fact]
    public void Encode_EosThatIsNoSpecialToken_IsTextInPlainText()
    {
        // Phi-3 calls </s> an ordinary added token; as EOS it must not come out of data.
        using var folder = new TemporaryFolder();
        var json = TokenizerFolder.Characters(["<", "e", "o", "s", ">"]);
        json["added_tokens"] = new JsonArray(TokenizerFolder.AddedToken(5, "<eos>", special: false), TokenizerFolder.AddedToken(6, "es", special: false));
        var tokenizer = TokenizerFolder.Load(folder, json);

        tokenizer.Encode("<eos>es").ShouldBe([0, 1, 2, 3, 4, 6]);
        tokenizer.EncodeWithSpecials("<eos>es").ShouldBe([5, 6]);
    }

    [Fact]
    public void Encode_IgnoreMerges_TakesWholePiecesFromTheVocabulary()
    {
        using var folder = new TemporaryFolder();
        var json = TokenizerFolder.Characters(["a", "b", "ab", "aba", "<"], "a b");
        json["model"]!["ignore_merges"] = true;

        TokenizerFolder.Load(folder, json).Encode("aba").ShouldBe([3]);
        json["model"]!["ignore_merges"] = false;
        TokenizerFolder.Load(folder, json).Encode("aba").ShouldBe([2, 0]);
    }

    [Fact]
    public void Encode_LoneSurrogate_IsTheReplacementCharacter()
    {
        using var folder = new TemporaryFolder();
        TokenizerFolder.Load(folder, TokenizerFolder.Characters(["a", "\uFFFD"])).Encode("a\uD83D\uDD00a\uDC00").ShouldBe([0, 0, 1]);
    }

    [Fact]
    public void Decode_IdsWithoutToken_GiveNothing()
    {
        var tokenizer = TextTokenizer.Load(TokenizerFolder.Stories);

        tokenizer.Decode([100_000, -1]).ShouldBe("");
        tokenizer.TokenText(100_000).ShouldBe("<id 100000>");
    }

    [Fact]
    public void TokenText_AnyToken_IsReadable()
    {
        using var folder = new TemporaryFolder();
        TokenizerFile.Write(BpeTrainer.Train(["the the"], new() { VocabularySize = 300 }), folder.Path);
        var trained = TextTokenizer.Load(folder.Path);

        trained.Encode(" é").Select(trained.TokenText).ShouldBe([" ", "<0xC3>", "<0xA9>"]);
        trained.TokenText(3).ShouldBe("<|im_end|>");
        TextTokenizer.Load(TokenizerFolder.Stories).TokenText(403).ShouldBe(" Once");
    }

    [Fact]
    public void Encode_FromManyThreads_GivesTheSameIds()
    {
        var tokenizer = TextTokenizer.Load(TokenizerFolder.Stories);
        var texts = TestTexts.Random(seed: 4, count: 50, length: 100).ToArray();
        var expected = texts.Select(TextTokenizer.Load(TokenizerFolder.Stories).Encode).ToArray();

        Parallel.For(0, 16, _ => texts.Select(tokenizer.Encode).ToArray().ShouldBe(expected));
    }

    [Fact]
    public void CopyTo_NewFolder_GivesTheSameFiles()
    {
        using var folder = new TemporaryFolder();
        var target = Path.Combine(folder.Path, "model");

        TextTokenizer.Load(TokenizerFolder.Stories).CopyTo(target);

        Directory.GetFiles(target).Select(Path.GetFileName).Order().ShouldBe(["tokenizer.json", "tokenizer_config.json"]);
        foreach (var file in Directory.GetFiles(target))
        {
            File.ReadAllBytes(file).ShouldBe(File.ReadAllBytes(Path.Combine(TokenizerFolder.Stories, Path.GetFileName(file))));
        }
    }

    private static IEnumerable<JsonElement> Golden(string folder) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "golden.json"))).RootElement.EnumerateArray();

    private static int[] Ids(JsonElement item, string name) => [.. item.GetProperty(name).EnumerateArray().Select(i => i.GetInt32())];

    [Fact]
    public void EncodeToTokens_AsTheLibrarysTokenizer_TellsTextAndPlaces()
    {
        // ab, then the two bytes of é, then c: both halves of é have its place.
        Microsoft.ML.Tokenizers.Tokenizer tokenizer = TinyTokenizer.Instance;
        int[] ids = [TinyTokenizer.Ab, .. TinyTokenizer.Bytes("éc")];

        var tokens = tokenizer.EncodeToTokens("abéc", out var normalized);

        normalized.ShouldBe("abéc");
        tokens.Select(t => t.Id).ShouldBe(ids);
        tokens.Select(t => t.Offset).ShouldBe([0..2, 2..3, 2..3, 3..4]);
        tokens[0].Value.ShouldBe("ab");
        tokenizer.EncodeToIds("abéc").ShouldBe(ids);
        tokenizer.CountTokens("abéc").ShouldBe(4);
        tokenizer.Decode(ids).ShouldBe("abéc");
        tokenizer.Decode(ids, new char[3], out var consumed, out var written).ShouldBe(System.Buffers.OperationStatus.DestinationTooSmall);
        (consumed, written).ShouldBe((0, 0));
        tokenizer.EncodeToTokens("", out _).ShouldBeEmpty();
    }

    private static TextTokenizer StoriesWithRawSpecials(TemporaryFolder folder)
    {
        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(TokenizerFolder.Stories, "tokenizer.json")))!.AsObject();
        foreach (var token in json["added_tokens"]!.AsArray())
        {
            token!["normalized"] = false;
        }

        return TokenizerFolder.Load(folder, json, File.ReadAllText(Path.Combine(TokenizerFolder.Stories, "tokenizer_config.json")));
    }
}
