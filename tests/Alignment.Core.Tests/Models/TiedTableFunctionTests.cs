using Alignment.Core.Checkpoints;
using Alignment.Core.Kernels;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Models;

/// <summary>A tied table's gradient, made in one place, against the sum that autograd makes of the lookup's and the output layer's: the same bits.</summary>
public sealed class TiedTableFunctionTests : IDisposable
{
    private const string Gpt2 = """
        { "model_type": "gpt2", "vocab_size": 40, "n_embd": 24, "n_layer": 2, "n_head": 3, "n_positions": 64, "initializer_range": 0.3,
          "resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0 }
        """;

    // Id 1 takes no gradient from being looked up; vectors are narrower than the layers.
    private const string Opt = """
        { "model_type": "opt", "vocab_size": 40, "hidden_size": 24, "word_embed_proj_dim": 12, "num_hidden_layers": 2, "num_attention_heads": 3, "ffn_dim": 40,
          "max_position_embeddings": 64, "pad_token_id": 1, "bos_token_id": 2, "eos_token_id": 2, "do_layer_norm_before": true, "dropout": 0.0, "attention_dropout": 0.0, "init_std": 0.3 }
        """;

    private const int Rows = 3, Length = 20;

    private readonly IDisposable _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(Gpt2, ScalarType.Float32, true)]
    [InlineData(Gpt2, ScalarType.BFloat16, true)]
    [InlineData(Gpt2, ScalarType.Float32, false)]
    [InlineData(Opt, ScalarType.Float32, true)]
    [InlineData(Opt, ScalarType.Float32, false)]
    public void Gradients_AreThoseOfAutograd(string config, ScalarType type, bool kernels)
    {
        using var off = kernels ? null : NativeKernels.Off();
        using var model = Model(config, type);
        var batch = Batch(3);

        Same(model, Loss(batch.LogProbs(model)), Loss(Plain(model, batch)));
    }

    [Fact]
    public void Gradients_WithCheckpointing_AreThoseOfAutograd()
    {
        using var model = Model(Gpt2);
        var batch = Batch(3);
        var plain = Loss(Plain(model, batch));
        model.GradientCheckpointing = true;

        Same(model, Loss(batch.LogProbs(model)), plain);
    }

    [Fact]
    public void Gradients_OfMicroBatches_AddUp()
    {
        using var model = Model(Gpt2);
        TargetBatch[] batches = [Batch(3), Batch(4)];
        foreach (var batch in batches)
        {
            Loss(batch.LogProbs(model)).backward();
        }

        var expected = batches.Select(batch => autograd.grad([Loss(Plain(model, batch))], [model.OutputWeight])[0]).ToArray();
        Bits(model.OutputWeight.grad!, expected[0] + expected[1], "table");
    }

    [Fact]
    public void Gradients_OfTwoBatchesInOneGraph_AddUp()
    {
        using var model = Model(Gpt2);
        var (first, second) = (Batch(3), Batch(4));
        var (hidden, other) = (first.Hidden(model), second.Hidden(model));
        var again = Loss(first.Score(model, hidden).LogProb) + Loss(first.LogProbs(model, hidden)) + Loss(second.LogProbs(model, other));

        var expected = (2 * Loss(Plain(model, first))) + Loss(Plain(model, second));
        Close(autograd.grad([again], [model.OutputWeight])[0], autograd.grad([expected], [model.OutputWeight])[0]);
    }

    [Fact]
    public void Gradients_OfTwoBatchesEachForItself_AreThoseOfAutograd()
    {
        using var model = Model(Gpt2);
        var (first, second) = (Batch(3), Batch(4));
        var (hidden, other) = (first.Hidden(model), second.Hidden(model));
        var (late, early) = (Loss(first.LogProbs(model, hidden)), Loss(second.LogProbs(model, other)));

        Same(model, early, Loss(Plain(model, second)));
        Same(model, late, Loss(Plain(model, first)));
    }

    [Fact]
    public void Gradients_OfHiddenStatesThatNoOutputLayerReads_AreThoseOfTheLookup()
    {
        using var model = Model(Gpt2);
        var batch = Batch(3);

        Same(model, Loss(batch.Hidden(model)), Loss(Hidden(model, batch)));
    }

    [Fact]
    public void Gradients_OfHiddenStatesFromElsewhere_AreThoseOfAutograd()
    {
        using var model = Model(Gpt2);
        var batch = Batch(3);
        batch.Hidden(model);

        Same(model, Loss(batch.LogProbs(model, batch.Hidden(model) * 2)), Loss(TokenLogProbs.Compute(Hidden(model, batch) * 2, model.OutputWeight, batch.TargetIds)));
    }

    [Fact]
    public void AFrozenTable_TakesNone()
    {
        using var model = Model(Gpt2);
        model.OutputWeight.requires_grad = false;

        Loss(Batch(3).LogProbs(model)).backward();

        model.OutputWeight.grad.ShouldBeNull();
        model.parameters().Count(parameter => parameter.grad is not null).ShouldBe(model.parameters().Count() - 1);
    }

    [Fact]
    public void Gradients_WhereTheTableWasLetGo_AreThoseOfAutograd()
    {
        using var model = Model(Gpt2);
        Tensor hidden;
        var batch = Batch(3);
        using (NewDisposeScope())
        {
            hidden = batch.Hidden(model).MoveToOuterDisposeScope(); // its output layer stays behind
        }

        Same(model, Loss(batch.LogProbs(model, hidden)), Loss(Plain(model, batch)));
    }

    private static CausalLm Model(string config, ScalarType type = ScalarType.Float32) => ModelFolder.CreateCausalLm(ModelConfig.Parse(config, "test"), 1, computeType: type);

    // Ids come again and again; 1 is among them.
    private static TargetBatch Batch(int seed)
    {
        manual_seed(seed);
        var ids = randint(0, 13, [Rows * Length]).data<long>().ToArray();
        long[] places = [.. Enumerable.Range(0, ids.Length).Select(place => (long)place).Where(place => place % Length < Length - 1 && (place * 7 % 5) > 0)];
        return TargetBatch.Of(ids, Rows, Length, places, [.. places.Select(place => ids[place + 1])], CPU);
    }

    /// <summary>The hidden states by a lookup that knows nothing of the output layer.</summary>
    private static Tensor Hidden(CausalLm model, TargetBatch batch)
    {
        long[] ids = batch.Ids.data<long>().ToArray(), places = batch.HiddenRows.data<long>().ToArray();
        if (model.Fuses(Length))
        {
            var packed = PackedSequences.Of(ids, Length, places, model.Shares);
            return packed.Select(model.Hidden(packed), places);
        }

        var hidden = model.Hidden(batch.Ids);
        return hidden.view(-1, hidden.size(2)).index_select(0, batch.HiddenRows);
    }

    private static Tensor Plain(CausalLm model, TargetBatch batch) =>
        TokenLogProbs.Compute(Hidden(model, batch), model.OutputWeight, batch.TargetIds, computeType: model.ComputeType);

    private static Tensor Loss(Tensor values)
    {
        var all = values.reshape(-1);
        return (all * (arange(all.size(0), dtype: ScalarType.Float32) * 0.37).sin()).sum();
    }

    private static void Same(CausalLm model, Tensor found, Tensor expected)
    {
        Tensor[] parameters = [.. model.parameters()];
        var (gradients, others) = (autograd.grad([found], parameters, allow_unused: true), autograd.grad([expected], parameters, allow_unused: true));
        for (var i = 0; i < parameters.Length; i++)
        {
            Bits(gradients[i], others[i], $"parameter {i}");
        }
    }

    private static void Bits(Tensor found, Tensor expected, string what) => (found - expected).abs().max().ToDouble().ShouldBe(0, what);

    private static void Close(Tensor found, Tensor expected) => (found - expected).abs().max().ToDouble().ShouldBeLessThan(1e-5 * expected.abs().max().ToDouble());
}
