using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Models;

/// <summary>A random GPT-2 against plain formulas; see Fixtures/README.md. The file also holds the buffers that old files have.</summary>
public sealed class Gpt2TinyTests : IDisposable
{
    private readonly JsonNode _golden = JsonNode.Parse(File.ReadAllText(Fixture.At("gpt2-tiny", "golden.json")))!;
    private readonly CausalLm _model = ModelFolder.LoadCausalLm(Fixture.At("gpt2-tiny"));
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _model.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Logits_OfPaddedRows_EqualThoseOfEachSequenceAlone(bool left)
    {
        using var noGrad = no_grad();
        var sequences = _golden["sequences"]!.AsArray();
        var ids = zeros(sequences.Count, 20, dtype: ScalarType.Int64);
        var real = zeros(sequences.Count, 20, dtype: ScalarType.Bool);
        for (var row = 0; row < sequences.Count; row++)
        {
            var list = sequences[row]!["input_ids"]!.AsArray().Select(id => id!.GetValue<long>()).ToArray();
            var start = left ? 20 - list.Length : 0;
            ids[row].narrow(0, start, list.Length).copy_(tensor(list));
            real[row].narrow(0, start, list.Length).fill_(true);
        }

        var logits = _model.Logits(_model.Hidden(ids, real));

        for (var row = 0; row < sequences.Count; row++)
        {
            Compare.MaxDifference(logits[row][real[row]], Json.Reals(sequences[row]!["logits"]!)).ShouldBeLessThan(1e-4);
        }
    }

    [Fact]
    public void Loss_AndGradientNorms_EqualThePlainFormulas()
    {
        var golden = _golden["loss"]!;
        var ids = tensor(golden["input_ids"]!.AsArray().Select(id => id!.GetValue<long>()).ToArray());
        var first = golden["first_target"]!.GetValue<int>();

        var hidden = _model.Hidden(ids.unsqueeze(0))[0].narrow(0, first - 1, ids.size(0) - first);
        var loss = -TokenLogProbs.Compute(hidden, _model.OutputWeight, ids.narrow(0, first, ids.size(0) - first), chunk: 4).mean();
        loss.backward();

        loss.ToDouble().ShouldBe(golden["loss"]!.GetValue<double>(), 1e-5);
        var norms = golden["grad_l2_norm"]!.AsObject();
        _model.named_parameters().Select(item => item.name).ShouldBe(norms.Select(item => item.Key), ignoreOrder: true);
        foreach (var (name, parameter) in _model.named_parameters())
        {
            var expected = norms[name]!.GetValue<double>();
            parameter.grad!.norm().ToDouble().ShouldBe(expected, 1e-4 * (1 + expected), name);
        }
    }

    [Fact]
    public void Greedy_WithAndWithoutCache_EqualsThePlainFormulas()
    {
        var prompt = _golden["greedy"]!["prompt"]!.AsArray().Select(id => id!.GetValue<long>()).ToArray();
        var expected = _golden["greedy"]!["continuation"]!.AsArray().Select(id => id!.GetValue<long>()).ToArray();

        Greedy.Continue(_model, prompt, expected.Length, useCache: true).ShouldBe(expected);
        Greedy.Continue(_model, prompt, expected.Length, useCache: false).ShouldBe(expected);
    }

    [Fact]
    public void Load_WithoutTheTransformerPrefix_IsTheSameModel()
    {
        using var folder = new TemporaryFolder();
        File.Copy(Fixture.At("gpt2-tiny", "config.json"), folder["config.json"]);
        using (var file = SafetensorsFile.Open(Fixture.At("gpt2-tiny", "model.safetensors")))
        {
            SafetensorsWriter.Write(folder["model.safetensors"], file.Entries.Keys.ToDictionary(name => name["transformer.".Length..], file.Load));
        }

        using var bare = ModelFolder.LoadCausalLm(folder.Path);

        Compare.MaxDifference(bare.forward(Tiny.Ids(2, 5)), _model.forward(Tiny.Ids(2, 5))).ShouldBe(0);
    }

    [Fact]
    public void Hidden_BeyondTheLearnedPositions_SaysHowManyThereAre()
    {
        Should.Throw<ArgumentException>(() => _model.Hidden(zeros(1, 33, dtype: ScalarType.Int64))).Message.ShouldContain("32 positions");
    }
}
