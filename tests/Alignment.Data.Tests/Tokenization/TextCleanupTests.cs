using Alignment.Data.Tokenization;

namespace Alignment.Data.Tests.Tokenization;

public class TextCleanupTests
{
    [Theory]
    [InlineData("Hi , you do n't say ! It 's  a .", "Hi, you don't say! It's  a.")]
    [InlineData("rock ' n roll , I 'm , we 've , they 're", "rock'n roll, I'm, we've, they're")]
    public void Apply_Text_TakesBlanksOut(string text, string expected) => TextCleanup.Apply(text).ShouldBe(expected);

    [Fact]
    public void Push_TokenizerThatCleansUp_GivesTheCleanedText()
    {
        using var folder = new TemporaryFolder();
        TinyTokenizer.WriteTo(folder);
        folder.Write("tokenizer_config.json", """{"eos_token": "<|im_end|>", "clean_up_tokenization_spaces": true}""");
        var tokenizer = TextTokenizer.Load(folder.Path);
        foreach (var text in (string[])["Well , I do n't know . It 's ' late ' !", "a . b , c ' d n't e", ". . . .", "no blanks at all", ""])
        {
            var stream = new StreamingDecoder(tokenizer);
            var ids = tokenizer.Encode(text);

            string.Concat((string[])[.. ids.Select(stream.Push), stream.Finish()]).ShouldBe(TextCleanup.Apply(text));
            tokenizer.Decode(ids).ShouldBe(TextCleanup.Apply(text));
        }
    }
}
