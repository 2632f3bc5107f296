using System.Text.Json.Nodes;
using Alignment.Data;
using Alignment.Data.Rows;
using Alignment.Labeling.Formats;
using Alignment.Labeling.Tasks;

namespace Alignment.Labeling.Tests.Formats;

public class ContentConverterTests
{
    private static string RoundTrip(string prompt)
    {
        var task = LabelJson.Read<LabelTask>(JsonNode.Parse($$"""{"id": "t", "prompt": {{prompt}}, "candidates": [{"text": "a"}, {"text": "b"}]}""")!, "file:1");
        return JsonNode.Parse(LabelJson.Write(task))!["prompt"]!.ToJsonString();
    }

    [Theory]
    [InlineData("\"text\"")]
    [InlineData("""[{"role":"system","content":"be brief"},{"role":"user","content":"hi"}]""")]
    [InlineData("""[{"role":"user","content":"hi","name":"ada"}]""")]
    public void Prompt_ComesBackAsItWas(string prompt) => RoundTrip(prompt).ShouldBe(prompt);

    [Theory]
    [InlineData("\" \"", "empty")]
    [InlineData("7", "a prompt is text or a list")]
    [InlineData("[]", "empty list")]
    [InlineData("""[{"role":"judge","content":"x"}]""", "unknown role 'judge'")]
    public void Prompt_ThatIsNone_IsRefused(string prompt, string what) =>
        Should.Throw<DataFormatException>(() => RoundTrip(prompt)).Message.ShouldContain(what);

    [Fact]
    public void Message_OfRoleAndText_HasNoOtherKeys() =>
        LabelJson.Write<Content>(new Message[] { new("user", "hi") }).ShouldBe("""[{"role":"user","content":"hi"}]""");
}
