using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Core.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Models;

public sealed class SequenceClassifierTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly CausalLm _policy = Tiny.Model("llama");
    private readonly SequenceClassifier _model;

    public SequenceClassifierTests()
    {
        ModelFolder.Save(_policy, _folder["lm"]);
        _model = ModelFolder.LoadClassifier(_folder["lm"], new LabelSet(["a", "b", "c"], ProblemType.SingleLabel), seed: 2);
    }

    public void Dispose()
    {
        _policy.Dispose();
        _model.Dispose();
        _scope.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Logits_AreTheHeadTimesTheLastHiddenState()
    {
        var ids = Tiny.Ids(2, 5);

        var expected = _policy.Hidden(ids)[.., -1].mm(ModelWeights.Of(_model)["score.weight"].t());

        Compare.MaxDifference(_model.Logits(ids), expected).ShouldBeLessThan(1e-6);
        Compare.MaxDifference(_model.forward(ids), expected).ShouldBeLessThan(1e-6);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)] // an id that is also among the real tokens
    public void Logits_WhateverTheSideAndTheIdOfThePadding_ScoreTheLastRealToken(int pad)
    {
        long[] text = [9, 8, 9, 7];
        var expected = _model.Logits(tensor(text).unsqueeze(0));
        var right = tensor([.. text, pad, pad]).unsqueeze(0);
        var left = tensor([pad, pad, .. text]).unsqueeze(0);

        var rightLogits = _model.Logits(right, tensor([true, true, true, true, false, false]).unsqueeze(0));
        var leftLogits = _model.Logits(left, tensor([false, false, true, true, true, true]).unsqueeze(0));
        var single = _model.Logits(tensor([text[0], pad, pad]).unsqueeze(0), tensor([true, false, false]).unsqueeze(0));

        Compare.MaxDifference(rightLogits, expected).ShouldBeLessThan(1e-5);
        Compare.MaxDifference(leftLogits, expected).ShouldBeLessThan(1e-5);
        Compare.MaxDifference(single, _model.Logits(tensor([text[0]]).unsqueeze(0))).ShouldBeLessThan(1e-5);
    }

    [Fact]
    public void Save_AndLoad_KeepsHeadAndLabels()
    {
        ModelFolder.Save(_model, _folder["classifier"]);

        using var loaded = ModelFolder.LoadClassifier(_folder["classifier"]);

        loaded.Labels.Names.ShouldBe(["a", "b", "c"]);
        Compare.MaxDifference(loaded.Logits(Tiny.Ids(2, 5)), _model.Logits(Tiny.Ids(2, 5))).ShouldBe(0);
        var config = JsonNode.Parse(File.ReadAllText(_folder["classifier", "config.json"]))!;
        config["architectures"]!.ToJsonString().ShouldBe("[\"LlamaForSequenceClassification\"]");
        config["label2id"]!.ToJsonString().ShouldBe("{\"a\":0,\"b\":1,\"c\":2}");
        Should.Throw<InvalidDataException>(() => ModelFolder.LoadScalarHead(_folder["classifier"])).Message.ShouldContain("of 3 labels, expected one of a single label");
    }

    [Fact]
    public void LoadClassifier_OfAConfigThatNamesNoLabels_HasTwo()
    {
        // transformers leaves id2label out when it is the default.
        using var two = ModelFolder.LoadClassifier(_folder["lm"], LabelSet.Numbered(2), seed: 2);
        ModelFolder.Save(two, _folder["two"]);
        var config = JsonNode.Parse(File.ReadAllText(_folder["two", "config.json"]))!.AsObject();
        config.Remove("id2label");
        config.Remove("label2id");
        File.WriteAllText(_folder["two", "config.json"], config.ToJsonString());

        using var loaded = ModelFolder.LoadClassifier(_folder["two"]);

        loaded.Labels.Count.ShouldBe(2);
        loaded.Labels.Problem.ShouldBe(ProblemType.SingleLabel);
    }
}
