using Alignment.Core.Checkpoints;
using Alignment.Core.Lora;
using Alignment.Core.Models;
using Alignment.Core.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Lora;

public sealed class LoraAdapterTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData("llama", false)]
    [InlineData("llama", true)]
    [InlineData("gpt2", true)]
    public void AddAdapter_BeginsAsNothingBitForBit(string family, bool dora)
    {
        using var model = Tiny.Model(family);
        var ids = Tiny.Ids(2, 6);
        var before = model.forward(ids).detach();

        model.AddAdapter(new LoraConfig { Rank = 3, Dora = dora, BaseModel = "base" }, seed: 4);

        Compare.MaxDifference(model.forward(ids).detach(), before).ShouldBe(0);
        model.named_parameters().Where(item => item.parameter.requires_grad).ShouldAllBe(item => item.name.Contains("lora_"));
        model.Adapter!.Modules.ShouldNotContain("lm_head");
        model.Adapter.Modules.Count().ShouldBe(family == "llama" ? 14 : 8);
    }

    [Fact]
    public void AddAdapter_DrawsAFromTheSeed()
    {
        using var one = WithAdapter(seed: 1);
        using var same = WithAdapter(seed: 1);
        using var other = WithAdapter(seed: 2);
        const string Key = "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight";

        var a = one.Adapter!.State()[Key]; // [3, 16]: uniform in ±1/√16
        Compare.MaxDifference(a, same.Adapter!.State()[Key]).ShouldBe(0);
        Compare.MaxDifference(a, other.Adapter!.State()[Key]).ShouldBeGreaterThan(0.01);
        Compare.MaxDifference(a, one.Adapter.State()[Key.Replace("layers.0", "layers.1")]).ShouldBeGreaterThan(0.01);
        a.abs().max().ToDouble().ShouldBeInRange(0.2, 0.25);
    }

    [Fact]
    public void Disable_GivesTheBaseBitForBit_WithSavedModulesToo()
    {
        using var model = Tiny.Model("llama");
        var ids = Tiny.Ids(2, 6);
        var plain = model.forward(ids).detach();
        model.AddAdapter(new LoraConfig { Rank = 2, BaseModel = "base", ModulesToSave = ["lm_head", "embed_tokens"] }, seed: 4);
        Fill(model);
        var trained = model.forward(ids).detach();
        Compare.MaxDifference(trained, plain).ShouldBeGreaterThan(0.01);

        using (model.Adapter!.Disable())
        {
            Compare.MaxDifference(model.forward(ids).detach(), plain).ShouldBe(0);
        }

        Compare.MaxDifference(model.forward(ids).detach(), trained).ShouldBe(0);
    }

    [Fact]
    public void Gradients_AreThoseOfTheMergedWeight()
    {
        // y depends on W + s·B·A only, so ∂L/∂B = s · ∂L/∂W · Aᵀ and ∂L/∂A = s · Bᵀ · ∂L/∂W.
        using var model = WithAdapter(seed: 1);
        Fill(model);
        using var dense = Tiny.Model("llama");
        const string Name = "model.layers.1.mlp.down_proj";
        foreach (var (key, weight) in LoraAdapter.FullWeights(Merged(model)))
        {
            using var noGrad = no_grad();
            ModelWeights.Of(dense)[key].copy_(weight);
        }

        model.Adapter!.Unmerge();
        var ids = Tiny.Ids(2, 5);
        model.Hidden(ids).sin().sum().backward();
        dense.Hidden(ids).sin().sum().backward();

        var state = model.Adapter.State();
        var (a, b) = (state[$"base_model.model.{Name}.lora_A.weight"], state[$"base_model.model.{Name}.lora_B.weight"]);
        var gradient = ModelWeights.Of(dense)[$"{Name}.weight"].grad!; // [out, in]
        const double Scaling = 8.0 / 3;
        Relative(b.grad!, gradient.mm(a.t()) * Scaling).ShouldBeLessThan(1e-4);
        Relative(a.grad!, b.t().mm(gradient) * Scaling).ShouldBeLessThan(1e-4);

        static CausalLm Merged(CausalLm model)
        {
            model.MergeAdapter();
            return model;
        }
    }

    [Fact]
    public void Dropout_AppliesWhileTraining_ToTheUpdateOnly()
    {
        using var model = Tiny.Model("llama");
        model.AddAdapter(new LoraConfig { Rank = 3, Dropout = 0.5, BaseModel = "base" }, seed: 1);
        var ids = Tiny.Ids(1, 6);
        model.train();
        var atFirst = model.forward(ids).detach(); // B is zero
        Compare.MaxDifference(atFirst, model.forward(ids).detach()).ShouldBe(0);
        Fill(model);

        Compare.MaxDifference(model.forward(ids).detach(), model.forward(ids).detach()).ShouldBeGreaterThan(1e-3);
        model.eval();
        Compare.MaxDifference(model.forward(ids).detach(), model.forward(ids).detach()).ShouldBe(0);
    }

    [Theory]
    [InlineData("llama", "q_prj", "", "'q_prj' is not among its projections (q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj)")]
    [InlineData("llama", "embed_tokens", "", "name it in modules_to_save")]
    [InlineData("llama", "lm_head", "", "'lm_head' is the output layer")]
    [InlineData("llama", "q_proj", "scores", "modules_to_save names 'scores', which the model lacks")]
    [InlineData("gpt2", "c_attn", "lm_head", "tied modules cannot be trained apart")]
    [InlineData("gpt2", "c_attn", "wte", "tied modules cannot be trained apart")]
    public void AddAdapter_NamesThatMeanNothing_AreListed(string family, string target, string saved, string message)
    {
        using var model = Tiny.Model(family);

        Should.Throw<InvalidDataException>(() => model.AddAdapter(
            new LoraConfig { Targets = TargetModules.Of([target]), ModulesToSave = saved.Length > 0 ? [saved] : [], BaseModel = "base" }, 1)).Message.ShouldContain(message);
        model.parameters().ShouldAllBe(parameter => parameter.requires_grad);
    }

    [Fact]
    public void TrainingAndDropping_LeavesNoTensors()
    {
        var ids = Tiny.Ids(1, 6);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (var inner = NewDisposeScope())
        {
            using var model = Tiny.Model("llama");
            model.AddAdapter(new LoraConfig { Dora = true, BaseModel = "base", ModulesToSave = ["lm_head"] }, seed: 1);
            model.forward(ids).square().sum().backward();
            using (model.Adapter!.Disable())
            {
                model.forward(ids);
            }

            model.MergeAdapter();
        }

        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(before);
    }

    private static CausalLm WithAdapter(long seed)
    {
        var model = Tiny.Model("llama");
        model.AddAdapter(new LoraConfig { Rank = 3, BaseModel = "base" }, seed);
        return model;
    }

    /// <summary>Gives every trained parameter a push.</summary>
    private static void Fill(CausalLm model)
    {
        using var noGrad = no_grad();
        using var generator = new Generator(3);
        foreach (var parameter in model.parameters().Where(parameter => parameter.requires_grad))
        {
            parameter.add_(empty_like(parameter).normal_(0, 0.1, generator));
        }
    }

    private static double Relative(Tensor found, Tensor expected) => ((found - expected).norm() / expected.norm()).ToDouble();
}
