using System.Text;
using Alignment.Data.Tokenization.Files;
using Alignment.Data.Tokenization.Normalizers;

namespace Alignment.Data.Tests.Tokenization.Normalizers;

public class NormalizerReaderTests
{
    [Theory]
    [InlineData("""{"type": "NFC"}""", "e\u0301", "é")]
    [InlineData("""{"type": "NFD"}""", "é", "e\u0301")]
    [InlineData("""{"type": "NFKC"}""", "ﬁ²", "fi2")]
    [InlineData("""{"type": "NFKD"}""", "ﬁé", "fie\u0301")]
    [InlineData("""{"type": "Lowercase"}""", "AÉİΣẞ𐐀K", "aéi\u0307σß𐐨k")]
    [InlineData("""{"type": "Strip", "strip_left": true, "strip_right": true}""", " \ta b\u00A0", "a b")]
    [InlineData("""{"type": "Strip", "strip_left": true, "strip_right": false}""", " a ", "a ")]
    [InlineData("""{"type": "Strip", "strip_left": false, "strip_right": true}""", " a ", " a")]
    [InlineData("""{"type": "StripAccents"}""", "e\u0301é\u0903\u20DD", "eé")]
    [InlineData("""{"type": "Replace", "pattern": {"String": " "}, "content": "▁"}""", "a  b", "a▁▁b")]
    [InlineData("""{"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}""", "a   b c", "a b c")]
    [InlineData("""{"type": "Replace", "pattern": {"Regex": "(a)"}, "content": "$1$1"}""", "a", "$1$1")]
    [InlineData("""{"type": "Prepend", "prepend": "▁"}""", "a", "▁a")]
    [InlineData("""{"type": "Prepend", "prepend": "▁"}""", "", "")]
    [InlineData("""{"type": "Nmt"}""", "a\u0001\tb\u200Bc\u007F", "a b c")]
    [InlineData("""{"type": "ByteLevel"}""", "a é", "aĠÃ©")]
    [InlineData("""{"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "StripAccents"}, {"type": "Lowercase"}]}""", "ÉÀ", "ea")]
    [InlineData("""{"type": "BertNormalizer"}""", "É\u0000\u00AD a\u2028漢字", "e a  漢  字 ")]
    [InlineData("""{"type": "BertNormalizer", "lowercase": false}""", "É", "É")]
    [InlineData("""{"type": "BertNormalizer", "lowercase": false, "strip_accents": true, "handle_chinese_chars": false}""", "É漢", "E漢")]
    [InlineData("""{"type": "BertNormalizer", "strip_accents": false, "clean_text": false}""", "É\t", "é\t")]
    public void Read_EveryKind_RewritesTheText(string json, string text, string expected) =>
        NormalizerReader.Read(JsonPart.Parse(Encoding.UTF8.GetBytes(json), "tokenizer.json"))!(text).ShouldBe(expected);
}
