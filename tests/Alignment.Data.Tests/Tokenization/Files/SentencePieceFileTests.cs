using System.Text.Json;
using Alignment.Data.Tokenization;

namespace Alignment.Data.Tests.Tokenization.Files;

public class SentencePieceFileTests
{
    private static readonly string Fixtures = Path.Combine(AppContext.BaseDirectory, "Fixtures", "sentencepiece");

    [Theory]
    [InlineData("bpe")]
    [InlineData("unigram")]
    public void Encode_TrainedModel_GivesTheIdsOfSentencePiece(string name)
    {
        var tokenizer = TextTokenizer.Load(Path.Combine(Fixtures, name));
        foreach (var item in JsonDocument.Parse(File.ReadAllText(Path.Combine(Fixtures, name, "golden.json"))).RootElement.EnumerateArray())
        {
            var text = item.GetProperty("text").GetString()!;
            tokenizer.Encode(text).ShouldBe([.. item.GetProperty("ids").EnumerateArray().Select(i => i.GetInt32())], text);
        }
    }

    [Fact]
    public void Load_XlmRobertasFile_PutsFairseqsTokensFirst()
    {
        using var folder = new TemporaryFolder();
        File.Copy(Path.Combine(Fixtures, "unigram", "tokenizer.model"), Path.Combine(folder.Path, "sentencepiece.bpe.model"));
        var plain = TextTokenizer.Load(Path.Combine(Fixtures, "unigram"));
        var tokenizer = TextTokenizer.Load(folder.Path);

        // The file's <unk> <s> </s> give way to <s> <pad> </s> <unk>: everything behind them is one further on, unknown ids are 3.
        int[] expected = [.. plain.Encode("the small cat").Select(id => id == plain.UnknownId ? 3 : id + 1)];
        tokenizer.Encode("the small cat").ShouldBe(expected);
        tokenizer.EncodeWithPostProcessor("the small cat").ShouldBe([0, .. expected, 2]);
        tokenizer.EncodeWithPostProcessor("the", "cat").ShouldBe([0, .. tokenizer.Encode("the"), 2, 2, .. tokenizer.Encode("cat"), 2]);
        tokenizer.EncodeWithSpecials("the <mask>")[^1].ShouldBe(tokenizer.VocabularySize - 1);
        (tokenizer.VocabularySize, tokenizer.PadId, tokenizer.EosId, tokenizer.UnknownId).ShouldBe((plain.VocabularySize + 2, 1, 2, 3));
        tokenizer.Decode(tokenizer.EncodeWithPostProcessor("the small cat")).ShouldBe("the small cat");
    }

    [Theory]
    [InlineData("sentencepiece.bpe.model", "NllbTokenizer", "Nllb orders the pieces")]
    [InlineData("spiece.model", "AlbertTokenizer", "Albert changes texts")]
    public void Load_OtherClasses_SaysWhatToDo(string file, string tokenizerClass, string message)
    {
        using var folder = new TemporaryFolder();
        File.Copy(Path.Combine(Fixtures, "unigram", "tokenizer.model"), Path.Combine(folder.Path, file));
        folder.Write("tokenizer_config.json", $$"""{"tokenizer_class": "{{tokenizerClass}}"}""");

        var error = Should.Throw<InvalidDataException>(() => TextTokenizer.Load(folder.Path)).Message;
        error.ShouldContain(message);
        error.ShouldContain("tokenizer.json");
    }

    [Fact]
    public void Load_NoConfiguration_TakesTheRolesOfTheFile()
    {
        var tokenizer = TextTokenizer.Load(Path.Combine(Fixtures, "bpe"));

        (tokenizer.UnknownId, tokenizer.BosId, tokenizer.EosId, tokenizer.AddsBos).ShouldBe((0, 1, 2, true));
        tokenizer.EncodeWithPostProcessor("the", "cat").ShouldBe([1, .. tokenizer.Encode("the"), 1, .. tokenizer.Encode("cat")]);
        tokenizer.EncodeWithSpecials("<user></s>").ShouldBe([3, 2]);
    }

    [Fact]
    public void Encode_NotLegacy_PutsTheBlankBeforeTheWholeTextOnly()
    {
        using var folder = new TemporaryFolder();
        File.Copy(Path.Combine(Fixtures, "bpe", "tokenizer.model"), Path.Combine(folder.Path, "tokenizer.model"));
        folder.Write("tokenizer_config.json", """{"tokenizer_class": "LlamaTokenizer", "legacy": true}""");
        var legacy = TextTokenizer.Load(folder.Path);
        folder.Write("tokenizer_config.json", """{"tokenizer_class": "LlamaTokenizer", "legacy": false, "add_bos_token": false, "add_eos_token": true}""");
        var later = TextTokenizer.Load(folder.Path);

        later.Encode("the cat").ShouldBe(legacy.Encode("the cat"));
        legacy.EncodeWithSpecials("<user>the").ShouldBe([3, .. legacy.Encode("the")]);
        later.EncodeWithSpecials("<user>the").ShouldNotBe([3, .. later.Encode("the")]);
        later.EncodeWithSpecials("<user> the").ShouldBe([3, .. later.Encode("the")]);
        later.EncodeWithPostProcessor("the").ShouldBe([.. later.Encode("the"), 2]);
    }

    [Fact]
    public void Decode_OwnIds_GivesTheText()
    {
        var tokenizer = TextTokenizer.Load(Path.Combine(Fixtures, "bpe"));
        foreach (var text in TestTexts.Random(seed: 9, count: 200, length: 40))
        {
            tokenizer.Decode(tokenizer.Encode(text), skipSpecials: false).ShouldBe(text.Replace('▁', ' '));
        }
    }

    [Fact]
    public void Load_EveryTruncationAndManyChanges_NeverFailsOtherwise()
    {
        using var folder = new TemporaryFolder();
        var bytes = File.ReadAllBytes(Path.Combine(Fixtures, "unigram", "tokenizer.model"));
        var path = Path.Combine(folder.Path, "tokenizer.model");
        var random = new Random(2);
        for (var i = 0; i < 400; i++)
        {
            var broken = bytes.ToArray();
            broken[random.Next(broken.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(path, i % 2 == 0 ? broken : bytes[..random.Next(bytes.Length)]);
            try
            {
                TextTokenizer.Load(folder.Path).Encode("the small cat");
            }
            catch (InvalidDataException e)
            {
                e.Message.ShouldContain("tokenizer.model");
            }
        }
    }

    [Fact]
    public void Load_LyingLength_Fails()
    {
        using var folder = new TemporaryFolder();

        // A piece of 2^35 bytes.
        File.WriteAllBytes(Path.Combine(folder.Path, "tokenizer.model"), [0x0A, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]);

        Should.Throw<InvalidDataException>(() => TextTokenizer.Load(folder.Path)).Message.ShouldContain("a field of 34359738368 bytes");
    }
}
