using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Core.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Models;

public sealed class ScalarHeadModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly CausalLm _policy = Tiny.Model("llama");

    public ScalarHeadModelTests()
    {
        ModelFolder.Save(_policy, _folder["sft"]);
    }

    public void Dispose()
    {
        _policy.Dispose();
        _scope.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void LoadScalarHead_FromALanguageModel_SharesTheBackboneAndDrawsTheHead()
    {
        using var model = ModelFolder.LoadScalarHead(_folder["sft"], seed: 4);
        using var same = ModelFolder.LoadScalarHead(_folder["sft"], seed: 4);
        using var other = ModelFolder.LoadScalarHead(_folder["sft"], seed: 5);
        var (weights, policy) = (ModelWeights.Of(model), ModelWeights.Of(_policy));

        weights.Keys.ShouldBe(policy.Keys.Where(name => name != "lm_head.weight").Append("score.weight"), ignoreOrder: true);
        foreach (var name in weights.Keys.Where(name => name != "score.weight"))
        {
            Compare.MaxDifference(weights[name], policy[name]).ShouldBe(0, name);
        }

        weights["score.weight"].shape.ShouldBe([1, 16]);
        Compare.MaxDifference(weights["score.weight"], ModelWeights.Of(same)["score.weight"]).ShouldBe(0);
        Compare.MaxDifference(weights["score.weight"], ModelWeights.Of(other)["score.weight"]).ShouldBeGreaterThan(0.01);
    }

    [Fact]
    public void Ensemble_StoredAndLoaded_PutsItsHeadsTogetherAsItSays()
    {
        using (var made = ModelFolder.LoadScalarHead(_folder["sft"], seed: 4, heads: 3))
        {
            made.Ensemble = new RewardEnsemble([0.5, -1, 0])
            {
                Aggregation = RewardAggregation.Min,
                Confidence = 0.5,
                Moments = new Dictionary<RewardAggregation, (double Mean, double Std)> { [RewardAggregation.Min] = (1, 2), [RewardAggregation.LowerConfidence] = (-1, 4) },
            };
            made.UseAggregation(RewardAggregation.Min);
            made.Temperature = 1.5;
            ModelFolder.Save(made, _folder["ensemble"]);
        }

        using var model = ModelFolder.LoadScalarHead(_folder["ensemble"]);
        (model.HeadCount, model.RewardMean, model.RewardStd, model.Temperature).ShouldBe((3, 1, 2, 1.5));
        ModelWeights.Of(model)["score.weight"].shape.ShouldBe([3, 16]);
        var heads = model.HeadScores(Tiny.Ids(2, 5), [5, 3]);
        for (var row = 0; row < 2; row++)
        {
            double[] members = [heads[row, 0].ToDouble() - 0.5, heads[row, 1].ToDouble() + 1, heads[row, 2].ToDouble()];
            var mean = members.Average();
            var deviation = Math.Sqrt(members.Select(member => Math.Pow(member - mean, 2)).Average());
            Score(RewardAggregation.Min).ShouldBe(members.Min(), 1e-6);
            Score(RewardAggregation.LowerConfidence).ShouldBe(mean - (0.5 * deviation), 1e-6);

            double Score(RewardAggregation aggregation)
            {
                model.UseAggregation(aggregation);
                return model.Scores(Tiny.Ids(2, 5), [5, 3])[row].ToDouble();
            }
        }

        model.RewardStd.ShouldBe(4);
        Should.Throw<InvalidOperationException>(() => model.UseAggregation(RewardAggregation.Mean)).Message.ShouldContain("have not been scaled");
        Should.Throw<InvalidDataException>(() => ModelFolder.LoadScalarHead(_folder["ensemble"], heads: 2)).Message.ShouldContain("is a reward model with 3 heads, where 2 are asked for");
    }

    [Theory]
    [InlineData("offsets", "[1, 2]", "'reward_heads.offsets' must be 3 finite numbers")]
    [InlineData("aggregation", "\"most\"", "'reward_heads.aggregation' is 'most'; supported are mean, min, lower_confidence")]
    [InlineData("confidence", "-1", "'reward_heads.confidence' must be at least 0")]
    [InlineData("moments", "{\"mean\": [1]}", "'reward_heads.moments.mean' must be a mean and a standard deviation")]
    [InlineData("moments", "{\"min\": [1, 0]}", "'reward_heads.moments.min[0]' must be finite")]
    public void Ensemble_BrokenConfig_IsRefused(string key, string value, string message)
    {
        using (var made = ModelFolder.LoadScalarHead(_folder["sft"], seed: 4, heads: 3))
        {
            ModelFolder.Save(made, _folder["ensemble"]);
        }

        var path = Path.Combine(_folder["ensemble"], "config.json");
        var config = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        config["reward_heads"]![key] = JsonNode.Parse(value);
        File.WriteAllText(path, config.ToJsonString());

        Should.Throw<InvalidDataException>(() => ModelFolder.LoadScalarHead(_folder["ensemble"])).Message.ShouldContain(message);
    }

    [Fact]
    public void LoadScalarHead_ZeroDeviation_ScoresNothing()
    {
        using var model = ModelFolder.LoadScalarHead(_folder["sft"], headDeviation: 0);

        model.Values(Tiny.Ids(2, 5)).abs().sum().ToDouble().ShouldBe(0);
    }

    [Fact]
    public void Values_AreTheHeadTimesTheHiddenStates()
    {
        using var model = ModelFolder.LoadScalarHead(_folder["sft"], seed: 4);
        var ids = Tiny.Ids(2, 5);
        var expected = _policy.Hidden(ids).matmul(ModelWeights.Of(model)["score.weight"].t()).squeeze(-1);

        Compare.MaxDifference(model.Values(ids), expected).ShouldBeLessThan(1e-5);
        Compare.MaxDifference(model.forward(ids), expected).ShouldBeLessThan(1e-5);
    }

    [Fact]
    public void ValuesAt_SomePlacesOfPaddedRows_AreTheValuesThereWithTheirGradients()
    {
        using var model = ModelFolder.LoadScalarHead(_folder["sft"], seed: 4);
        var ids = Tiny.Ids(3, 15);
        ids[1].narrow(0, 0, 11).copy_(ids[0].narrow(0, 0, 11)); // a prompt that two rows have
        ids[2].narrow(0, 6, 9).fill_(0);                        // padding
        long[] places = [9, 10, 11, 12, 25, 26, 27, 28, 32, 34, 33];

        var (expected, expectedGradient) = Run(() => model.Values(ids).reshape(-1).index_select(0, tensor(places)));
        var (actual, gradient) = Run(() => model.ValuesAt(ids, places));

        Compare.MaxDifference(actual, expected).ShouldBeLessThan(1e-5);
        Compare.MaxDifference(gradient, expectedGradient).ShouldBeLessThan(1e-4);
        gradient.abs().max().ToSingle().ShouldBeGreaterThan(0.1f);

        (Tensor Values, Tensor Gradient) Run(Func<Tensor> values)
        {
            var weight = model.named_parameters().Single(pair => pair.name.EndsWith("layers.0.mlp.up_proj.weight", StringComparison.Ordinal)).parameter;
            weight.grad = null;
            var found = values();
            (found * arange(1, places.Length + 1)).sum().backward();
            return (found.detach(), weight.grad!.clone());
        }
    }

    [Fact]
    public void LoadScalarHead_Frozen_HoldsProductsInTheComputeTypeAndScoresTheSame()
    {
        using var plain = ModelFolder.LoadScalarHead(_folder["sft"], seed: 4, computeType: ScalarType.BFloat16);
        using var frozen = ModelFolder.LoadScalarHead(_folder["sft"], seed: 4, computeType: ScalarType.BFloat16, frozen: true);
        var ids = Tiny.Ids(2, 9);

        Compare.MaxDifference(frozen.Scores(ids, [9, 5]), plain.Scores(ids, [9, 5])).ShouldBe(0);

        frozen.parameters().ShouldAllBe(parameter => !parameter.requires_grad);
        frozen.named_parameters().Where(pair => pair.parameter.dtype == ScalarType.BFloat16).Select(pair => pair.name)
            .ShouldBe(plain.named_parameters().Select(pair => pair.name).Where(name => name.Contains("_proj", StringComparison.Ordinal)));
    }

    [Fact]
    public void Scores_AreTheValuesAtTheLastRealToken()
    {
        using var model = ModelFolder.LoadScalarHead(_folder["sft"], seed: 4);
        var ids = Tiny.Ids(3, 6);
        var values = model.Values(ids);

        var scores = model.Scores(ids, [6, 2, 1]);

        Compare.MaxDifference(scores, stack([values[0, 5], values[1, 1], values[2, 0]])).ShouldBeLessThan(1e-6);
        Should.Throw<ArgumentException>(() => model.Scores(ids, [6, 0, 1])).Message.ShouldContain("1 to 6");
        Should.Throw<ArgumentException>(() => model.Scores(ids, [6, 1])).Message.ShouldContain("3 lengths");
    }

    [Fact]
    public void Save_AndLoad_KeepsHeadAndNormalisation()
    {
        using var model = ModelFolder.LoadScalarHead(_folder["sft"], seed: 4);
        (model.RewardMean, model.RewardStd) = (0.1 + 0.2, 1.0 / 3);
        ModelFolder.Save(model, _folder["reward"]);

        using var loaded = ModelFolder.LoadScalarHead(_folder["reward"], seed: 99);

        (loaded.RewardMean, loaded.RewardStd).ShouldBe((0.1 + 0.2, 1.0 / 3));
        Compare.MaxDifference(loaded.Values(Tiny.Ids(2, 5)), model.Values(Tiny.Ids(2, 5))).ShouldBe(0);
        loaded.Normalize(tensor(1.3)).ToDouble().ShouldBe((1.3 - (0.1 + 0.2)) * 3, 1e-6);
        var config = JsonNode.Parse(File.ReadAllText(_folder["reward", "config.json"]))!;
        config["architectures"]!.ToJsonString().ShouldBe("[\"LlamaForSequenceClassification\"]");
        config["id2label"]!.ToJsonString().ShouldBe("{\"0\":\"LABEL_0\"}");
        ModelFolder.Save(loaded, _folder["again"]);
        File.ReadAllBytes(_folder["again", "model.safetensors"]).ShouldBe(File.ReadAllBytes(_folder["reward", "model.safetensors"]));
        File.ReadAllBytes(_folder["again", "config.json"]).ShouldBe(File.ReadAllBytes(_folder["reward", "config.json"]));
    }

    [Fact]
    public void LoadScalarHead_BrokenNormalisation_IsRefused()
    {
        using var model = ModelFolder.LoadScalarHead(_folder["sft"]);
        ModelFolder.Save(model, _folder["reward"]);
        var path = _folder["reward", "config.json"];
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"reward_std\": 1", "\"reward_std\": 0"));

        Should.Throw<InvalidDataException>(() => ModelFolder.LoadScalarHead(_folder["reward"])).Message.ShouldContain("reward_std");
    }

    [Fact]
    public void LoadScalarHead_RewardModelWithoutItsHead_IsRefused()
    {
        using var model = ModelFolder.LoadScalarHead(_folder["sft"]);
        ModelFolder.Save(model, _folder["reward"]);
        SafetensorsWriter.Write(_folder["reward", "model.safetensors"], ModelWeights.Of(model).Where(item => item.Key != "score.weight").ToDictionary());

        Should.Throw<InvalidDataException>(() => ModelFolder.LoadScalarHead(_folder["reward"])).Message.ShouldContain("1 missing: score.weight");
    }

    [Fact]
    public void LoadScalarHead_FromATiedGpt2_Works()
    {
        using var model = ModelFolder.LoadScalarHead(Fixture.At("gpt2-tiny"), seed: 1);

        ModelWeights.Of(model).Keys.ShouldContain("score.weight");
        model.Values(Tiny.Ids(2, 5)).shape.ShouldBe([2, 5]);
    }
}
