using Alignment.Core.Checkpoints;
using Alignment.Core.Lora;
using Alignment.Core.Models;
using Alignment.Core.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Lora;

public sealed class QuantizedModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("llama", Quantization.Nf4, false)]
    [InlineData("llama", Quantization.Int8, true)]
    [InlineData("gpt2", Quantization.Nf4, true)]
    public void Train_Merge_SaveAndLoad_AgreeWithTheDequantizedWeights(string family, Quantization kind, bool dora)
    {
        using (var dense = Tiny.Model(family))
        {
            ModelFolder.Save(dense, _folder["base"]);
        }

        using var model = ModelFolder.LoadCausalLm(_folder["base"], quantization: kind);
        model.named_parameters().ShouldAllBe(item => !item.name.EndsWith("proj.weight") && !item.name.EndsWith("c_attn.weight"));
        model.AddAdapter(new LoraConfig { Rank = 2, Dora = dora, BaseModel = _folder["base"] }, seed: 2);
        Fill(model);
        var ids = Tiny.Ids(2, 6);
        var logits = model.forward(ids);
        logits.sin().sum().backward();
        model.Adapter!.State().Values.ShouldAllBe(parameter => parameter.grad!.abs().max().ToDouble() > 0);
        using var noGrad = no_grad();

        ModelFolder.Save(model, _folder["adapter"]);
        using var loaded = ModelFolder.LoadCausalLm(_folder["adapter"]);
        model.MergeAdapter();
        var merged = model.forward(ids);
        ModelFolder.Save(model, _folder["merged"]);
        model.Adapter.Unmerge();
        using var whole = ModelFolder.LoadCausalLm(_folder["merged"]);

        Compare.MaxDifference(merged, logits.detach()).ShouldBeLessThan(1e-4);
        Compare.MaxDifference(model.forward(ids), logits.detach()).ShouldBe(0);
        Compare.MaxDifference(whole.forward(ids), logits.detach()).ShouldBeLessThan(1e-4);
        Compare.MaxDifference(loaded.forward(ids), logits.detach()).ShouldBeLessThan(1e-4); // the base is rounded as it was in training
        using var other = ModelFolder.LoadCausalLm(_folder["base"]);
        Compare.MaxDifference(other.forward(ids), logits.detach()).ShouldBeGreaterThan(1e-2);
    }

    [Fact]
    public void Gradients_AreThoseOfADenseModelWithTheDequantizedWeights()
    {
        using (var made = Tiny.Model("llama"))
        {
            ModelFolder.Save(made, _folder["base"]);
        }

        using var model = ModelFolder.LoadCausalLm(_folder["base"], quantization: Quantization.Nf4);
        using var dense = ModelFolder.LoadCausalLm(_folder["base"]);
        using (no_grad())
        {
            var projections = model.modules().OfType<Projection>().ToDictionary(projection => projection.Name);
            foreach (var projection in dense.modules().OfType<Projection>().Where(projection => projections[projection.Name].Quantization != Quantization.None))
            {
                projection.Weight.copy_(projections[projection.Name].Matrix());
            }
        }

        var ids = Tiny.Ids(2, 6);
        foreach (var one in new[] { model, dense })
        {
            one.AddAdapter(new LoraConfig { Rank = 2, BaseModel = _folder["base"] }, seed: 2);
            Fill(one);
            one.forward(ids).sin().sum().backward();
        }

        foreach (var (name, parameter) in dense.Adapter!.State())
        {
            Compare.MaxDifference(model.Adapter!.State()[name].grad!, parameter.grad!).ShouldBeLessThan(1e-4 * (1 + parameter.grad!.abs().max().ToDouble()), name);
        }
    }

    [Fact]
    public void LoadTrainAndDrop_LeavesNoTensors()
    {
        using (var made = Tiny.Model("gpt2"))
        {
            ModelFolder.Save(made, _folder["base"]);
        }

        var ids = Tiny.Ids(1, 6);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (NewDisposeScope())
        {
            using var model = ModelFolder.LoadCausalLm(_folder["base"], quantization: Quantization.Nf4);
            model.AddAdapter(new LoraConfig { BaseModel = _folder["base"] }, seed: 1);
            model.GradientCheckpointing = true;
            model.forward(ids).square().sum().backward();
            model.MergeAdapter();
        }

        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(before);
    }

    private static void Fill(CausalLm model)
    {
        using var noGrad = no_grad();
        using var generator = new Generator(3);
        foreach (var (_, parameter) in model.Adapter!.State().OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            parameter.add_(empty_like(parameter).normal_(0, 0.1, generator));
        }
    }
}
