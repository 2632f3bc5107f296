using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Core.Lora;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Core.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Lora;

/// <summary>Adapters that a script made by PEFT's formulas; see Fixtures/README.md.</summary>
public sealed class AdapterGoldenTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData("gpt2-lora")]
    [InlineData("gpt2-dora")]
    [InlineData("llama-rslora")]
    public void Load_AnAdapterFolder_GivesTheLogitsOfPeftsFormulas(string name)
    {
        using var noGrad = no_grad();
        using var model = ModelFolder.LoadCausalLm(Fixture.At("lora", name));

        Compare.MaxDifference(model.forward(Ids(name)).squeeze(0), Logits(name)).ShouldBeLessThan(2e-5);
    }

    [Theory]
    [InlineData("gpt2-lora")]
    [InlineData("gpt2-dora")]
    [InlineData("llama-rslora")]
    public void LiveAdapter_HasPeftsLogitsLossAndGradients_MergedOrNot(string name)
    {
        var golden = Golden(name);
        using var model = Live(name);
        var ids = Ids(name);

        var logits = model.forward(ids).squeeze(0);
        Compare.MaxDifference(logits.detach(), Logits(name)).ShouldBeLessThan(2e-5);

        var first = (int)golden["first_target"]!;
        var count = ids.size(1) - first;
        var hidden = model.Hidden(ids).squeeze(0).narrow(0, first - 1, count);
        var loss = TokenLogProbs.Compute(hidden, model.OutputWeight, ids.squeeze(0).narrow(0, first, count)).mean().neg();
        loss.backward();
        loss.ToDouble().ShouldBe((double)golden["loss"]!, 1e-5);
        foreach (var (key, tensor) in model.Adapter!.State())
        {
            var norm = (double)golden["grad_l2_norm"]![key]!;
            tensor.grad!.norm().ToDouble().ShouldBe(norm, 1e-4 * (1 + norm), key);
        }

        foreach (var (key, parameter) in model.named_parameters().Where(item => !item.parameter.requires_grad))
        {
            parameter.grad.ShouldBeNull(key);
        }

        using var noGrad = no_grad();
        var before = ModelWeights.Of(model).ToDictionary(pair => pair.Key, pair => pair.Value.detach().clone());
        model.MergeAdapter();
        Compare.MaxDifference(model.forward(ids).squeeze(0), Logits(name)).ShouldBeLessThan(2e-5);
        model.Adapter.Unmerge();
        Compare.MaxDifference(model.forward(ids).squeeze(0), Logits(name)).ShouldBeLessThan(2e-5);
        foreach (var (key, weight) in ModelWeights.Of(model))
        {
            Compare.MaxDifference(weight, before[key]).ShouldBeLessThan(2e-6, key);
        }
    }

    [Theory]
    [InlineData("gpt2-lora")]
    [InlineData("gpt2-dora")]
    [InlineData("llama-rslora")]
    public void Save_WritesWhatWasLoaded(string name)
    {
        using var folder = new TemporaryFolder();
        using var model = Live(name);

        ModelFolder.Save(model, folder["saved"]);

        File.ReadAllBytes(folder["saved", AdapterFolder.WeightsFile]).Length.ShouldBeGreaterThan(0);
        using var expected = SafetensorsFile.Open(Fixture.At("lora", name, AdapterFolder.WeightsFile));
        using var found = SafetensorsFile.Open(folder["saved", AdapterFolder.WeightsFile]);
        found.Entries.Keys.Order().ShouldBe(expected.Entries.Keys.Order());
        foreach (var key in expected.Entries.Keys)
        {
            Compare.MaxDifference(found.Load(key), expected.Load(key)).ShouldBe(0, key);
        }

        using var noGrad = no_grad();
        using var loaded = ModelFolder.LoadCausalLm(folder["saved"]);
        Compare.MaxDifference(loaded.forward(Ids(name)).squeeze(0), Logits(name)).ShouldBeLessThan(2e-5);
        using var again = new TemporaryFolder();
        model.MergeAdapter();
        ModelFolder.Save(model, again["merged"]);
        using var merged = ModelFolder.LoadCausalLm(again["merged"]);
        Compare.MaxDifference(merged.forward(Ids(name)).squeeze(0), Logits(name)).ShouldBeLessThan(2e-5);
    }

    /// <summary>The base with an adapter of the file's kind, filled with the file's numbers.</summary>
    private static CausalLm Live(string name)
    {
        var folder = Fixture.At("lora", name);
        var model = ModelFolder.LoadCausalLm(AdapterFolder.BaseOf(folder));
        model.AddAdapter(LoraConfig.Load(folder) with { BaseModel = AdapterFolder.BaseOf(folder) }, seed: 1);
        using var file = SafetensorsFile.Open(Path.Combine(folder, AdapterFolder.WeightsFile));
        using var noGrad = no_grad();
        foreach (var (key, tensor) in model.Adapter!.State())
        {
            file.CopyTo(key, tensor);
        }

        return model;
    }

    private static JsonNode Golden(string name) => JsonNode.Parse(File.ReadAllText(Fixture.At("lora", name, "golden.json")))!;

    private static Tensor Ids(string name) => tensor(Golden(name)["input_ids"]!.AsArray().Select(id => (long)id!).ToArray()).unsqueeze(0);

    private static Tensor Logits(string name)
    {
        var rows = Golden(name)["logits"]!.AsArray();
        return tensor(rows.SelectMany(row => row!.AsArray().Select(value => (float)(double)value!)).ToArray()).view(rows.Count, -1);
    }
}
