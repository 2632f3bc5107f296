using Alignment.Data.Tokenization;

namespace Alignment.Data.Tests.Tokenization;

public class StreamingDecoderTests
{
    [Fact]
    public void Push_RandomTexts_GivesTheDecodedTextInWholeCharacters()
    {
        foreach (var tokenizer in (TextTokenizer[])[TinyTokenizer.Instance, TextTokenizer.Load(TokenizerFolder.Stories)])
        {
            foreach (var text in TestTexts.Random(seed: 6, count: 100, length: 40))
            {
                var ids = tokenizer.Encode(text);
                var stream = new StreamingDecoder(tokenizer);
                string[] parts = [.. ids.Select(stream.Push), stream.Finish()];

                string.Concat(parts).ShouldBe(tokenizer.Decode(ids));
                parts.Where(p => p.Length > 0).Any(p => char.IsLowSurrogate(p[0]) || char.IsHighSurrogate(p.Last())).ShouldBeFalse();
            }
        }
    }

    [Fact]
    public void Push_ByteByByte_WaitsForTheCharacter()
    {
        // é is C3 A9, 😀 is F0 9F 98 80.
        var stream = new StreamingDecoder(TinyTokenizer.Instance);

        TinyTokenizer.Bytes("aé😀b").Select(stream.Push).ShouldBe(["a", "", "é", "", "", "", "😀", "b"]);
        stream.Finish().ShouldBe("");
    }

    [Fact]
    public void Finish_OpenCharacter_GivesReplacements()
    {
        var stream = new StreamingDecoder(TinyTokenizer.Instance);

        stream.Push(TinyTokenizer.Bytes("é")[0]).ShouldBe("");
        stream.Finish().ShouldBe("\uFFFD");
        stream.Push(TinyTokenizer.Ab).ShouldBe("ab");
    }
}
