using Alignment.Core.Checkpoints;
using Alignment.Core.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Models;

/// <summary>Properties that hold for every family.</summary>
public sealed class CausalLmTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData("llama")]
    [InlineData("gpt2")] // whose output layer is the embedding
    public void Create_Frozen_GivesTheSameLogProbsInBFloat16(string family)
    {
        using var plain = ModelFolder.CreateCausalLm(Tiny.Config(family), seed: 5, computeType: ScalarType.BFloat16);
        using var frozen = ModelFolder.CreateCausalLm(Tiny.Config(family), seed: 5, computeType: ScalarType.BFloat16, frozen: true);
        long[] rows = [.. Enumerable.Range(0, 36).Select(row => (long)row)]; // enough for every product's kernel
        var batch = TargetBatch.Of(Tiny.Ids(4, 9).data<long>().ToArray(), 4, 9, rows, [.. rows.Select(row => row % 30)], CPU);

        for (var i = 0; i < 2; i++)
        {
            using var noGrad = no_grad();
            using var held = frozen.HoldWeights();
            Compare.MaxDifference(batch.LogProbs(frozen), batch.LogProbs(plain)).ShouldBe(0);
        }

        frozen.parameters().ShouldAllBe(parameter => !parameter.requires_grad);
        frozen.parameters().Count(parameter => parameter.dtype == ScalarType.BFloat16).ShouldBe(family == "llama" ? 15 : 8);
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("gpt2")]
    public void Hidden_OfATokenNeverDependsOnWhatFollows(string family)
    {
        using var model = Tiny.Model(family);
        var ids = Tiny.Ids(2, 9);
        var changed = ids.clone();
        changed[.., 6..] = 4;

        var (before, after) = (model.Hidden(ids), model.Hidden(changed));

        Compare.MaxDifference(before[.., ..6], after[.., ..6]).ShouldBeLessThan(1e-5);
        Compare.MaxDifference(before[.., 6..], after[.., 6..]).ShouldBeGreaterThan(1e-2);
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("gpt2")]
    public void Hidden_PaddingOnEitherSide_ChangesNothing(string family)
    {
        using var model = Tiny.Model(family);
        var ids = Tiny.Ids(2, 7);
        var none = zeros(2, 3, dtype: ScalarType.Int64);
        var real = ones(2, 7, dtype: ScalarType.Bool);
        var alone = model.Hidden(ids);

        var right = model.Hidden(cat([ids, none], 1))[.., ..7];
        var left = model.Hidden(cat([none, ids], 1), cat([none == 1, real], 1))[.., 3..];

        Compare.MaxDifference(alone, right).ShouldBeLessThan(1e-5);
        Compare.MaxDifference(alone, left).ShouldBeLessThan(1e-5);
    }

    [Theory]
    [InlineData("llama", false)]
    [InlineData("gpt2", true)]
    public void Hidden_PadTokenAsText_TrainsItsRowWhereTransformersDoes(string family, bool trains)
    {
        using var model = ModelFolder.CreateCausalLm(Tiny.Config(family) with { PadId = 0 }, 5);
        var ids = tensor(new long[] { 7, 0, 9, 11 }).unsqueeze(0);

        model.Hidden(ids).pow(2).sum().backward();

        var gradient = model.named_parameters().Single(item => item.name.EndsWith("embed_tokens.weight", StringComparison.Ordinal) || item.name.EndsWith("wte.weight", StringComparison.Ordinal)).parameter.grad!;
        (gradient[0].abs().max().ToDouble() > 0).ShouldBe(trains);
        gradient[7].abs().max().ToDouble().ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Hidden_LeftPaddedGradients_AreFiniteAndThoseWithoutPadding()
    {
        using var model = Tiny.Model("llama");
        var ids = Tiny.Ids(1, 5);
        var none = zeros(1, 2, dtype: ScalarType.Int64);

        model.Hidden(ids).square().sum().backward();
        var expected = model.named_parameters().Where(item => item.name != "lm_head.weight").ToDictionary(item => item.name, item => item.parameter.grad!.clone());
        model.zero_grad();
        model.Hidden(cat([none, ids], 1), cat([none == 1, ones_like(ids) == 1], 1))[.., 2..].square().sum().backward();

        foreach (var (name, parameter) in model.named_parameters().Where(item => item.name != "lm_head.weight"))
        {
            Compare.MaxDifference(parameter.grad!, expected[name]).ShouldBeLessThan(1e-3, name);
        }
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("gpt2")]
    public void Create_SameSeed_GivesTheSameWeights(string family)
    {
        using var first = Tiny.Model(family, 7);
        using var second = Tiny.Model(family, 7);
        using var other = Tiny.Model(family, 8);

        foreach (var (name, weight) in ModelWeights.Of(first))
        {
            Compare.MaxDifference(weight, ModelWeights.Of(second)[name]).ShouldBe(0);
        }

        Compare.MaxDifference(first.OutputWeight, other.OutputWeight).ShouldBeGreaterThan(0.1);
    }

    [Fact]
    public void Create_ResidualProjections_AreScaledDownByDepth()
    {
        using var model = ModelFolder.CreateCausalLm(Tiny.Llama with { Width = 64, HeadSize = 16, InnerWidth = 256, Layers = 8, InitializerRange = 0.02 }, 3);
        var weights = ModelWeights.Of(model);

        weights["model.layers.3.mlp.up_proj.weight"].std().ToDouble().ShouldBe(0.02, 0.001);
        weights["model.layers.3.mlp.down_proj.weight"].std().ToDouble().ShouldBe(0.02 / 4, 0.0003); // √(2 · 8) = 4
        weights["model.layers.3.input_layernorm.weight"].sum().ToDouble().ShouldBe(64);
    }

    [Fact]
    public void Create_ImpossibleConfig_ListsEveryProblem()
    {
        var error = Should.Throw<InvalidDataException>(() => ModelFolder.CreateCausalLm(Tiny.Llama with { KeyValueHeads = 3, HeadSize = 5, VocabularySize = 0 }, 1));

        error.Message.ShouldContain("vocabulary size must be at least 1");
        error.Message.ShouldContain("4 heads cannot share 3");
        error.Message.ShouldContain("an even number of elements, got 5");
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("gpt2")]
    public void ComputeType_BFloat16_IsCloseToFloat32WithFloat32Gradients(string family)
    {
        using var model = Tiny.Model(family);
        var ids = Tiny.Ids(3, 12);
        var exact = model.forward(ids);

        model.ComputeType = ScalarType.BFloat16;
        var rough = model.forward(ids);
        rough.sum().backward();

        rough.dtype.ShouldBe(ScalarType.Float32);
        model.parameters().ShouldAllBe(parameter => parameter.dtype == ScalarType.Float32 && parameter.grad!.dtype == ScalarType.Float32);
        var relative = ((rough - exact).norm() / exact.norm()).ToDouble();
        relative.ShouldBeInRange(1e-5, 0.03); // 8 bits of mantissa: 2^-9 for each product; zero would mean that it was not used
    }

    [Fact]
    public void ComputeType_OtherThanTheTwo_IsRefused()
    {
        using var model = Tiny.Model("llama");

        Should.Throw<ArgumentException>(() => model.ComputeType = ScalarType.Float64).Message.ShouldContain("Float64");
    }

    [Fact]
    public void HoldWeights_UnderNoGrad_ChangesNothingAndIsReleased()
    {
        using var model = Tiny.Model("llama");
        model.ComputeType = ScalarType.BFloat16;
        var ids = Tiny.Ids(2, 6);
        using var noGrad = no_grad();
        var expected = model.forward(ids);

        using (model.HoldWeights())
        {
            Compare.MaxDifference(model.forward(ids), expected).ShouldBe(0);
            model.parameters().First().mul_(2); // held weights are copies: not seen until released
            Should.Throw<InvalidOperationException>(() => model.HoldWeights());
        }

        Compare.MaxDifference(model.forward(ids), expected).ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Dropout_OffInEval_DrawnFromItsGeneratorInTraining()
    {
        using var model = ModelFolder.CreateCausalLm(Tiny.Gpt2 with { AttentionDropout = 0.2, ResidualDropout = 0.2, EmbeddingDropout = 0.2 }, 5);
        var ids = Tiny.Ids(2, 6);
        var evaluated = model.forward(ids);
        Compare.MaxDifference(model.forward(ids), evaluated).ShouldBe(0);

        model.train();
        using var generator = new Generator(3);
        model.DropoutGenerator = generator;
        var state = generator.get_state();
        var first = model.forward(ids);
        var second = model.forward(ids);
        generator.set_state(state);
        var again = model.forward(ids);

        Compare.MaxDifference(first, second).ShouldBeGreaterThan(1e-3);
        Compare.MaxDifference(first, again).ShouldBe(0);
    }

    [Fact]
    public void Hidden_ManySteps_LeavesNoTensorBehind()
    {
        using var model = Tiny.Model("llama");
        var ids = Tiny.Ids(2, 6);
        Step();
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        for (var i = 0; i < 200; i++)
        {
            Step();
        }

        DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount.ShouldBe(before);

        void Step()
        {
            using var scope = NewDisposeScope();
            model.Hidden(ids).sum().backward();
            model.zero_grad();
            using var noGrad = no_grad();
            using var cache = model.CreateCache(2, 8);
            model.Hidden(ids, cache);
            cache.Select([1]);
        }
    }
}
