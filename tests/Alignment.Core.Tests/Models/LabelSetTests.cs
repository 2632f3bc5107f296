using System.Text.Json.Nodes;
using Alignment.Core.Models;

namespace Alignment.Core.Tests.Models;

public sealed class LabelSetTests
{
    [Theory]
    [InlineData("{}", 2, "LABEL_1", ProblemType.SingleLabel)]
    [InlineData("""{"num_labels": 3}""", 3, "LABEL_2", ProblemType.SingleLabel)]
    [InlineData("""{"id2label": {"0": "LABEL_0"}}""", 1, "LABEL_0", ProblemType.Regression)]
    [InlineData("""{"id2label": {"1": "yes", "0": "no"}}""", 2, "yes", ProblemType.SingleLabel)]
    [InlineData("""{"id2label": {"0": "no", "1": "yes"}, "problem_type": "multi_label_classification"}""", 2, "yes", ProblemType.MultiLabel)]
    [InlineData("""{"problem_type": "regression"}""", 2, "LABEL_1", ProblemType.Regression)]
    [InlineData("""{"problem_type": null}""", 2, "LABEL_1", ProblemType.SingleLabel)]
    public void Of_AConfig_ReadsAsTransformersDoes(string json, int count, string last, ProblemType problem)
    {
        var labels = LabelSet.Of(Tiny.Llama with { Document = JsonNode.Parse(json)!.AsObject() });

        (labels.Count, labels.Names[^1], labels.Problem).ShouldBe((count, last, problem));
    }

    [Theory]
    [InlineData("""{"id2label": {"0": "a", "2": "b"}}""", "'id2label' has 2 labels, whose keys must be 0 to 1")]
    [InlineData("""{"problem_type": "ranking"}""", "'problem_type' is 'ranking'; supported are single_label_classification")]
    [InlineData("""{"num_labels": 0}""", "'num_labels' must be from 1")]
    [InlineData("""{"num_labels": 2000000000}""", "'num_labels' must be from 1")]
    public void Of_ABrokenConfig_IsAnError(string json, string message) =>
        Should.Throw<InvalidDataException>(() => LabelSet.Of(Tiny.Llama with { Document = JsonNode.Parse(json)!.AsObject() })).Message.ShouldContain(message);
}
