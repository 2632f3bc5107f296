using System.Text;
using Alignment.Data.Tokenization;

namespace Alignment.Data.Tests.Tokenization.Files;

public class TiktokenFileTests
{
    private const string Pattern = """{"pat_str": "\\p{L}+|[^\\p{L}]", "eos_token": "<end>", "added_tokens_decoder": {"300": {"content": "<end>", "special": true}}}""";

    // Ranks: byte b is b, then "ab" 256, "bc" 257, "abc" 258, "xyz" 259, which no merge makes.
    [Theory]
    [InlineData("abc", "258")]
    [InlineData("abcd", "258 100")]
    [InlineData("xyz", "259")]
    [InlineData("xyza", "120 121 122 97")]
    [InlineData("é!", "195 169 33")]
    public void Encode_Ranks_MergesTheLowestAndTakesWholeWords(string text, string ids)
    {
        using var folder = new TemporaryFolder();
        Write(folder, "tokenizer.model", Pattern);
        var tokenizer = TextTokenizer.Load(folder.Path);

        string.Join(' ', tokenizer.Encode(text)).ShouldBe(ids);
        tokenizer.Decode(tokenizer.Encode(text)).ShouldBe(text);
        tokenizer.EncodeWithSpecials("ab<end>").ShouldBe([256, 300]);
    }

    [Fact]
    public void Load_NoPattern_SaysWhereToPutIt()
    {
        using var folder = new TemporaryFolder();
        Write(folder, "some.tiktoken", "{}");

        Should.Throw<InvalidDataException>(() => TextTokenizer.Load(folder.Path)).Message.ShouldContain("pat_str");
    }

    [Fact]
    public void Load_Llama3sConfiguration_HasItsPatternAndBos()
    {
        using var folder = new TemporaryFolder();
        Write(folder, "tokenizer.model", """{"bos_token": "<|begin_of_text|>", "eos_token": "<|eot_id|>", "added_tokens_decoder": {"300": {"content": "<|begin_of_text|>", "special": true}, "301": {"content": "<|eot_id|>", "special": true}}}""");
        var tokenizer = TextTokenizer.Load(folder.Path);

        tokenizer.AddsBos.ShouldBeTrue();
        tokenizer.EncodeWithPostProcessor("abc<|eot_id|>").ShouldBe([300, 258, 301]);
    }

    [Theory]
    [InlineData("YWI= 256\nYWI= 257\n", "some.tiktoken:258")]
    [InlineData("YWI= 12\n", "some.tiktoken:257")]
    [InlineData("YWI= -1\n", "some.tiktoken:257")]
    [InlineData("YWI= 2000000000\n", "some.tiktoken:257")]
    [InlineData("Y?I= 256\n", "some.tiktoken:257")]
    [InlineData("YWI=\n", "some.tiktoken:257")]
    public void Load_BadLine_NamesIt(string lines, string place)
    {
        using var folder = new TemporaryFolder();
        Write(folder, "some.tiktoken", Pattern, lines);

        Should.Throw<InvalidDataException>(() => TextTokenizer.Load(folder.Path)).Message.ShouldContain(place);
    }

    [Fact]
    public void Load_CutOffFile_NamesTheMissingByte()
    {
        using var folder = new TemporaryFolder();
        folder.Write("some.tiktoken", "IQ== 0\n");

        Should.Throw<InvalidDataException>(() => TextTokenizer.Load(folder.Path)).Message.ShouldContain("no token for the byte 0x00");
    }

    private static void Write(TemporaryFolder folder, string name, string config, string? more = null)
    {
        var lines = new StringBuilder();
        for (var value = 0; value < 256; value++)
        {
            lines.Append(Convert.ToBase64String([(byte)value])).Append(' ').Append(value).Append('\n');
        }

        string[] tokens = ["ab", "bc", "abc", "xyz"];
        lines.Append(more ?? string.Concat(tokens.Select((token, i) => $"{Convert.ToBase64String(Encoding.UTF8.GetBytes(token))} {256 + i}\n")));
        folder.Write(name, lines.ToString());
        folder.Write("tokenizer_config.json", config);
    }
}
