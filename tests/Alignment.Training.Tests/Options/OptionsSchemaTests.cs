using System.Text.Json.Nodes;
using Alignment.Training.Options;

namespace Alignment.Training.Tests.Options;

public sealed class OptionsSchemaTests
{
    private static readonly JsonObject Schema = OptionsSchema.Pipeline(new Dictionary<string, Type> { ["sft"] = typeof(SampleOptions) });

    [Fact]
    public void Pipeline_Stage_HasEveryOptionAndRefusesOthers()
    {
        var sft = Schema["definitions"]!["sft"]!;

        sft["additionalProperties"]!.GetValue<bool>().ShouldBeFalse();
        sft["required"]!.ToJsonString().ShouldBe("""["model"]""");
        ((JsonObject)sft["properties"]!).Select(p => p.Key).ShouldBe(
            ["model", "epochs", "steps", "learning_rate", "max_grad_norm", "shuffle", "schedule", "note", "files", "sizes", "weights", "parts", "nested", "kind", "seed"]);
    }

    [Theory]
    [InlineData("epochs", """{"type":"integer","description":"passes over the data","default":1}""")]
    [InlineData("max_grad_norm", """{"anyOf":[{"type":"number"},{"type":"null"}],"default":1}""")]
    [InlineData("schedule", """{"enum":["linear","cosine_decay"],"default":"linear"}""")]
    [InlineData("sizes", """{"anyOf":[{"type":"integer"},{"type":"array","items":{"type":"integer"}}],"default":[1,2]}""")]
    [InlineData("weights", """{"type":"object","additionalProperties":{"type":"number"},"default":{}}""")]
    [InlineData("kind", """{"const":"sft"}""")]
    public void Pipeline_Option_HasItsSchema(string option, string schema) =>
        Schema["definitions"]!["sft"]!["properties"]![option]!.ToJsonString().ShouldBe(schema);

    [Fact]
    public void Pipeline_Kinds_ChooseTheirDefinition() =>
        Schema["definitions"]!["stage"]!["allOf"]!.ToJsonString().ShouldBe(
            """[{"if":{"properties":{"kind":{"const":"sft"}},"required":["kind"]},"then":{"$ref":"#/definitions/sft"}}]""");
}
