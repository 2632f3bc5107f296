using System.Text;
using Alignment.Data.Tokenization.Files;
using Alignment.Data.Tokenization.PreTokenizers;

namespace Alignment.Data.Tests.Tokenization.PreTokenizers;

public class PreTokenizerReaderTests
{
    [Theory]
    [InlineData("""{"type": "Whitespace"}""", "a_1 b!? नि", "a_1|b|!?|नि")]
    [InlineData("""{"type": "WhitespaceSplit"}""", " a b!\t\u0085c", "a|b!|c")]
    [InlineData("""{"type": "BertPreTokenizer"}""", "don't $5 「a」", "don|'|t|$|5|「|a|」")]
    [InlineData("""{"type": "Punctuation"}""", "a!!b$", "a|!|!|b|$")]
    [InlineData("""{"type": "Punctuation", "behavior": "Contiguous"}""", "a!!b$", "a|!!|b|$")]
    [InlineData("""{"type": "Digits", "individual_digits": true}""", "a12²", "a|1|2|²")]
    [InlineData("""{"type": "Digits", "individual_digits": false}""", "a12²b3", "a|12²|b|3")]
    [InlineData("""{"type": "CharDelimiterSplit", "delimiter": "-"}""", "a--b", "a|b")]
    [InlineData("""{"type": "FixedLength", "length": 2}""", "a😀bcd", "a😀|bc|d")]
    [InlineData("""{"type": "Split", "pattern": {"String": "."}, "behavior": "MergedWithPrevious", "invert": false}""", "a.b", "a.|b")]
    [InlineData("""{"type": "Split", "pattern": {"Regex": "\\w"}, "behavior": "Removed", "invert": true}""", "a-b", "a|b")]
    [InlineData("""{"type": "Metaspace"}""", "a  b", "▁a|▁|▁b")]
    [InlineData("""{"type": "Metaspace"}""", " a", "▁a")]
    [InlineData("""{"type": "Metaspace", "add_prefix_space": false}""", "a b", "a|▁b")]
    [InlineData("""{"type": "Metaspace", "replacement": "_", "prepend_scheme": "always", "split": false}""", "a b", "_a_b")]
    [InlineData("""{"type": "Metaspace", "prepend_scheme": "never"}""", "a b", "a|▁b")]
    [InlineData("""{"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, {"type": "Metaspace", "prepend_scheme": "always"}]}""", "a  b", "▁a|▁b")]
    [InlineData("""{"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, {"type": "Metaspace", "prepend_scheme": "first"}]}""", "a b", "▁a|b")]
    [InlineData("""{"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, {"type": "Metaspace", "prepend_scheme": "first"}]}""", " a b", "a|b")]
    [InlineData("""{"type": "ByteLevel", "add_prefix_space": true}""", "a é", "Ġa|ĠÃ©")]
    [InlineData("""{"type": "ByteLevel", "add_prefix_space": true, "use_regex": false}""", "\ta b", "ĠĉaĠb")]
    public void Read_EveryKind_CutsTheText(string json, string text, string expected)
    {
        var pieces = new PieceList(text) { StartsText = true };
        foreach (var step in PreTokenizerReader.Read(JsonPart.Parse(Encoding.UTF8.GetBytes(json), "tokenizer.json")))
        {
            pieces = step.Apply(pieces);
        }

        string.Join('|', pieces.Ranges.Select(r => pieces[r].ToString())).ShouldBe(expected);
    }

    [Fact]
    public void Apply_SchemeFirst_LeavesLaterPartsAlone()
    {
        var pieces = new MetaspaceStep('▁', PrependScheme.First, split: true).Apply(new PieceList("a b"));

        string.Join('|', pieces.Ranges.Select(r => pieces[r].ToString())).ShouldBe("a|▁b");
    }
}
