using System.Text.Json.Nodes;
using Alignment.Data.Tokenization;

namespace Alignment.Data.Tests.Tokenization;

public class PostProcessorTests
{
    private const string Template = """
        {"type": "TemplateProcessing",
         "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
         "pair": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "<eos>", "type_id": 1}}, {"Sequence": {"id": "B", "type_id": 1}}],
         "special_tokens": {"<s>": {"id": "<s>", "ids": [3], "tokens": ["<s>"]}, "<eos>": {"id": "<eos>", "ids": [2], "tokens": ["<eos>"]}}}
        """;

    [Theory]
    [InlineData("null", "0 1", "0 1 1 0", "0 0 1 1")]
    [InlineData(Template, "3 0 1", "3 0 1 2 1 0", "0 0 0 1 1 1")]
    [InlineData("""{"type": "BertProcessing", "cls": ["<s>", 3], "sep": ["<eos>", 2]}""", "3 0 1 2", "3 0 1 2 1 0 2", "0 0 0 0 1 1 1")]
    [InlineData("""{"type": "RobertaProcessing", "cls": ["<s>", 3], "sep": ["<eos>", 2], "trim_offsets": true}""", "3 0 1 2", "3 0 1 2 2 1 0 2", "0 0 0 0 0 0 0 0")]
    [InlineData("""{"type": "ByteLevel", "trim_offsets": true}""", "0 1", "0 1 1 0", "0 0 1 1")]
    public void EncodeWithTypes_EveryKind_PutsItsTokensAround(string processor, string single, string pair, string types)
    {
        using var folder = new TemporaryFolder();
        var tokenizer = Load(folder, processor);

        string.Join(' ', tokenizer.EncodeWithPostProcessor("ab")).ShouldBe(single);
        var both = tokenizer.EncodeWithTypes("ab", "ba");
        string.Join(' ', both.Ids).ShouldBe(pair);
        string.Join(' ', both.TypeIds).ShouldBe(types);
        tokenizer.AddsBos.ShouldBe(single[0] == '3');
    }

    [Fact]
    public void EncodeWithTypes_SequenceWithByteLevel_IsThatOfTheOther()
    {
        using var folder = new TemporaryFolder();
        Load(folder, $$"""{"type": "Sequence", "processors": [{"type": "ByteLevel"}, {{Template}}]}""").EncodeWithPostProcessor("a<eos>").ShouldBe([3, 0, 2]);
    }

    [Theory]
    [InlineData("""{"type": "Odd"}""", "Odd")]
    [InlineData("""{"type": "BertProcessing", "cls": ["<s>"], "sep": ["<eos>", 2]}""", "post_processor.cls")]
    [InlineData("""{"type": "BertProcessing", "cls": ["<s>", -1], "sep": ["<eos>", 2]}""", "-1")]
    [InlineData("""{"type": "TemplateProcessing", "single": [], "pair": [], "special_tokens": {}}""", "post_processor.single")]
    [InlineData("""{"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}], "pair": [], "special_tokens": {}}""", "'<s>'")]
    [InlineData("""{"type": "TemplateProcessing", "single": [{"Sequence": {"id": "C", "type_id": 0}}], "pair": []}""", "'C'")]
    public void Load_BadPostProcessor_NamesThePlace(string processor, string named)
    {
        var json = Json();
        json["post_processor"] = JsonNode.Parse(processor);

        TokenizerFolder.LoadError(json).ShouldContain(named);
    }

    private static JsonObject Json()
    {
        var json = TokenizerFolder.Characters(["a", "b"]);
        json["added_tokens"] = new JsonArray(TokenizerFolder.AddedToken(2, "<eos>"), TokenizerFolder.AddedToken(3, "<s>"));
        return json;
    }

    private static TextTokenizer Load(TemporaryFolder folder, string processor)
    {
        var json = Json();
        json["post_processor"] = JsonNode.Parse(processor);
        return TokenizerFolder.Load(folder, json, """{"eos_token": "<eos>", "bos_token": "<s>"}""");
    }
}
