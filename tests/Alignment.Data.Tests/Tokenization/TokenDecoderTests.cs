using System.Text;
using Alignment.Data.Tokenization;
using Alignment.Data.Tokenization.Files;

namespace Alignment.Data.Tests.Tokenization;

public class TokenDecoderTests
{
    [Theory]
    [InlineData("null", "a b", "a b")]
    [InlineData("""{"type": "ByteLevel"}""", "Ġa Ã ©b", " aéb")]
    [InlineData("""{"type": "WordPiece", "prefix": "##", "cleanup": true}""", "don ' t ##s , ok", "don ' ts, ok")]
    [InlineData("""{"type": "WordPiece", "prefix": "##", "cleanup": false}""", "a , ##b", "a ,b")]
    [InlineData("""{"type": "WordPiece"}""", "##a b", "##a b")]
    [InlineData("""{"type": "Metaspace"}""", "▁a ▁b▁ c", "a b c")]
    [InlineData("""{"type": "Metaspace", "prepend_scheme": "never"}""", "▁a ▁b", " a b")]
    [InlineData("""{"type": "Metaspace", "replacement": "_", "add_prefix_space": true}""", "_a _b", "a b")]
    [InlineData("""{"type": "BPEDecoder", "suffix": "</w>"}""", "lo w</w> x</w>", "low x")]
    [InlineData("""{"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}""", "▁a <0xC3> <0xA9> ▁b <0xC3>", "aé b\uFFFD")]
    [InlineData("""{"type": "CTC", "pad_token": "<pad>", "word_delimiter_token": "|", "cleanup": true}""", "<pad> h h e <pad> l l <pad> l o | | y o u | |", "hello you ")]
    [InlineData("""{"type": "CTC", "pad_token": "_", "word_delimiter_token": "|", "cleanup": false}""", "a a _ a | b", "aa|b")]
    [InlineData("""{"type": "Strip", "content": "x", "start": 1, "stop": 2}""", "xxaxx bx", "xab")]
    public void Decode_EveryKind_GivesTheText(string json, string tokens, string expected)
    {
        var part = json == "null" ? (JsonPart?)null : JsonPart.Parse(Encoding.UTF8.GetBytes(json), "tokenizer.json");

        TokenDecoder.Read(part).Decode([.. tokens.Split(' ')]).ShouldBe(expected);
    }
}
