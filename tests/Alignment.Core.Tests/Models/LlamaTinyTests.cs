using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Models;

/// <summary>Numbers that transformers computed for a random Llama; see Fixtures/README.md.</summary>
public sealed class LlamaTinyTests : IDisposable
{
    private readonly JsonNode _cases = JsonNode.Parse(File.ReadAllText(Fixture.At("llama-tiny", "golden.json")))!["cases"]!;
    private readonly CausalLm _model = ModelFolder.LoadCausalLm(Fixture.At("llama-tiny"));
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _model.Dispose();
    }

    [Theory]
    [InlineData("plain", false)]
    [InlineData("right_padded", false)]
    [InlineData("right_padded", true)]
    [InlineData("left_padded", true)]
    public void Logits_OfRealTokens_EqualTransformers(string name, bool passMask)
    {
        using var noGrad = no_grad();
        using var file = SafetensorsFile.Open(Fixture.At("llama-tiny", "golden.safetensors"));
        var ids = Json.Ids(_cases[name]!["input_ids"]!);
        var real = Real(name, ids);
        var positions = _cases[name]!["position_ids"] is { } given ? Json.Ids(given) : null;

        var logits = _model.Logits(_model.Hidden(ids, passMask ? real : null, positions)); // [B, T, V]

        Compare.MaxDifference(logits[real], file.Load(name + ".logits")[real]).ShouldBeLessThan(1e-4);
    }

    [Fact]
    public void Hidden_LeftPaddedWithoutPositions_CountsThemFromTheMask()
    {
        using var noGrad = no_grad();
        var ids = Json.Ids(_cases["left_padded"]!["input_ids"]!);
        var real = Real("left_padded", ids);

        var counted = _model.Hidden(ids, real)[real];
        var given = _model.Hidden(ids, real, Json.Ids(_cases["left_padded"]!["position_ids"]!))[real];

        Compare.MaxDifference(counted, given).ShouldBeLessThan(1e-6);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("right_padded")]
    public void TokenLogProbs_OfNextTokens_EqualTransformers(string name)
    {
        using var noGrad = no_grad();
        var ids = Json.Ids(_cases[name]!["input_ids"]!);
        var real = Real(name, ids)[.., 1..];

        var hidden = _model.Hidden(ids)[.., ..^1][real]; // [N, D]
        var found = TokenLogProbs.Compute(hidden, _model.OutputWeight, ids[.., 1..][real]);

        Compare.MaxDifference(found, Json.Reals(_cases[name]!["next_token_logprobs"]!)[real]).ShouldBeLessThan(1e-4);
    }

    [Fact]
    public void Loss_AndGradientNorms_EqualTransformers()
    {
        var golden = _cases["loss"]!;
        var labels = Json.Ids(golden["labels"]!)[.., 1..];
        var counted = labels != -100;

        var hidden = _model.Hidden(Json.Ids(golden["input_ids"]!))[.., ..^1][counted];
        var loss = -TokenLogProbs.Compute(hidden, _model.OutputWeight, labels[counted], chunk: 7).mean();
        loss.backward();

        loss.ToDouble().ShouldBe(golden["loss"]!.GetValue<double>(), 1e-5);
        var norms = golden["grad_l2_norm"]!.AsObject();
        _model.named_parameters().Select(item => item.name).ShouldBe(norms.Select(item => item.Key), ignoreOrder: true);
        foreach (var (name, parameter) in _model.named_parameters())
        {
            parameter.grad!.norm().ToDouble().ShouldBe(norms[name]!.GetValue<double>(), 1e-4, name);
        }
    }

    [Fact]
    public void Greedy_WithAndWithoutCache_EqualsTransformers()
    {
        var golden = _cases["greedy"]!;
        var prompt = golden["prompt"]!.AsArray().Select(id => id!.GetValue<long>()).ToArray();
        var expected = golden["continuation"]!.AsArray().Select(id => id!.GetValue<long>()).ToArray();

        Greedy.Continue(_model, prompt, expected.Length, useCache: true).ShouldBe(expected);
        Greedy.Continue(_model, prompt, expected.Length, useCache: false).ShouldBe(expected);
    }

    private Tensor Real(string name, Tensor ids) =>
        _cases[name]!["attention_mask"] is { } mask ? Json.Ids(mask) == 1 : ones_like(ids).to(ScalarType.Bool);
}
