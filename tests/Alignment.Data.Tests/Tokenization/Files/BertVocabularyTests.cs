using Alignment.Data.Tokenization;

namespace Alignment.Data.Tests.Tokenization.Files;

public class BertVocabularyTests
{
    private const string Words = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nhello\nwor\n##ld\n!\nH\n##ello\n";

    [Fact]
    public void Load_Vocabulary_EncodesAsBert()
    {
        using var folder = new TemporaryFolder();
        folder.Write("vocab.txt", Words);
        var tokenizer = TextTokenizer.Load(folder.Path);

        tokenizer.EncodeWithPostProcessor("Héllo  World!").ShouldBe([2, 5, 6, 7, 8, 3]);
        tokenizer.EncodeWithTypes("hello", "[MASK] x").ShouldSatisfyAllConditions(e => e.Ids.ShouldBe([2, 5, 3, 4, 1, 3]), e => e.TypeIds.ShouldBe([0, 0, 0, 1, 1, 1]));
        tokenizer.Encode("[MASK]").ShouldBe([1, 1, 1]);
        tokenizer.Decode([2, 5, 6, 7, 8, 3]).ShouldBe("hello world!");
        (tokenizer.PadId, tokenizer.UnknownId, tokenizer.HasEos, tokenizer.AddsBos).ShouldBe((0, 1, false, false));
    }

    [Fact]
    public void Load_CasedConfiguration_KeepsCase()
    {
        using var folder = new TemporaryFolder();
        folder.Write("vocab.txt", Words);
        folder.Write("tokenizer_config.json", """{"tokenizer_class": "BertTokenizer", "do_lower_case": false}""");

        TextTokenizer.Load(folder.Path).Encode("Hello hello").ShouldBe([9, 10, 5]);
    }

    [Fact]
    public void Load_NoUnknownToken_NamesTheFile()
    {
        using var folder = new TemporaryFolder();
        folder.Write("vocab.txt", "a\nb\n");

        Should.Throw<InvalidDataException>(() => TextTokenizer.Load(folder.Path)).Message.ShouldContain("vocab.txt: the unk_token '[UNK]'");
    }
}
