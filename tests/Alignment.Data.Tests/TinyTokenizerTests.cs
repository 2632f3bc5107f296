namespace Alignment.Data.Tests;

public sealed class TinyTokenizerTests
{
    [Fact]
    public void Encode_Text_IdsByHand() => TinyTokenizer.Instance.Encode("a bé ab<|im_end|>").ShouldBe(
        [4 + 'a', 4 + ' ', 4 + 'b', 4 + 0xC3, 4 + 0xA9, 4 + ' ', TinyTokenizer.Ab, .. TinyTokenizer.Bytes("<|im_end|>")]);

    [Fact]
    public void Specials_AreTheFirstFour()
    {
        var tokenizer = TinyTokenizer.Instance;
        (tokenizer.PadId, tokenizer.BosId, tokenizer.SpecialId("<|im_start|>"), tokenizer.EosId).ShouldBe((0, 1, 2, 3));
    }
}
