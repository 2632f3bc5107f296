using System.Text.Json;
using Alignment.Data.Tokenization;

namespace Alignment.Data.Tests.Tokenization.Files;

public class VocabularyFilesTests
{
    // Letters: a is 64, b 65, e 68, 1 is 16, 2 is 17, é is the bytes C3 (94 + 12 + 21 letters before it) and A9 (94 + 8).
    [Theory]
    [InlineData("GPT2Tokenizer", "ab12", "256 16 17")]
    [InlineData("Qwen2Tokenizer", "ab12", "256 16 17")]
    [InlineData("GPT2Tokenizer", "\u00E9", "127 102")]
    [InlineData("Qwen2Tokenizer", "e\u0301", "127 102")]
    public void Load_TwoFiles_EncodesAsTheClassDoes(string tokenizerClass, string text, string ids)
    {
        using var folder = new TemporaryFolder();
        Write(folder, $$"""{"tokenizer_class": "{{tokenizerClass}}", "eos_token": "<|endoftext|>"}""");

        string.Join(' ', TextTokenizer.Load(folder.Path).Encode(text)).ShouldBe(ids);
    }

    [Fact]
    public void Load_AddBos_PutsItBeforeThePairOnce()
    {
        using var folder = new TemporaryFolder();
        Write(folder, """{"tokenizer_class": "GPT2Tokenizer", "add_bos_token": true, "bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>"}""");
        var tokenizer = TextTokenizer.Load(folder.Path);

        tokenizer.EncodeWithPostProcessor("ab", "ab").ShouldBe([300, 256, 256]);
        tokenizer.AddsBos.ShouldBeTrue();
    }

    [Fact]
    public void Load_RobertaClass_PutsItsMarksAround()
    {
        using var folder = new TemporaryFolder();
        Write(folder, """{"tokenizer_class": "RobertaTokenizer", "cls_token": "<s>", "sep_token": "</s>", "eos_token": "</s>", "bos_token": "<s>"}""");
        folder.Write("added_tokens.json", """{"<s>": 301, "</s>": 302}""");
        var tokenizer = TextTokenizer.Load(folder.Path);

        tokenizer.EncodeWithPostProcessor("ab", "a").ShouldBe([301, 256, 302, 302, 'a' - '!', 302]);
        tokenizer.EncodeWithSpecials("</s>a").ShouldBe([302, 'a' - '!']);
    }

    [Fact]
    public void Load_BadMergesLine_NamesIt()
    {
        using var folder = new TemporaryFolder();
        Write(folder, """{"eos_token": "<|endoftext|>"}""");
        folder.Write("merges.txt", "#version: 0.2\na b\nab zz\n");

        Should.Throw<InvalidDataException>(() => TextTokenizer.Load(folder.Path)).Message.ShouldContain("merges.txt:3: merges 'zz'");
    }

    /// <summary>The 256 byte letters in the order of their bytes: printable ones first; "ab" is 256.</summary>
    private static void Write(TemporaryFolder folder, string config)
    {
        var printable = Enumerable.Range('!', '~' - '!' + 1).Concat(Enumerable.Range(0xA1, 12)).Concat(Enumerable.Range(0xAE, 82)).ToArray();
        var letters = printable.Select(c => (char)c).Concat(Enumerable.Range(0x100, 256 - printable.Length).Select(c => (char)c)).ToArray();
        var vocabulary = letters.Select((letter, id) => (Token: letter.ToString(), id)).ToDictionary(p => p.Token, p => p.id);
        vocabulary["ab"] = 256;
        vocabulary["<|endoftext|>"] = 300;
        folder.Write("vocab.json", JsonSerializer.Serialize(vocabulary));
        folder.Write("merges.txt", "#version: 0.2\na b\n");
        folder.Write("tokenizer_config.json", config);
    }
}
