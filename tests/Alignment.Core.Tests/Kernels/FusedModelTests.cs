using Alignment.Core.Checkpoints;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Kernels;

/// <summary>Whole models with kernels, packed rows and shared beginnings against the padded rows and operators of libtorch.</summary>
public sealed class FusedModelTests : IDisposable
{
    private const string Llama = """
        { "model_type": "llama", "vocab_size": 60, "hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
          "intermediate_size": 40, "max_position_embeddings": 200, "initializer_range": 0.3 }
        """;

    private const string Gpt2 = """
        { "model_type": "gpt2", "vocab_size": 60, "n_embd": 24, "n_layer": 2, "n_head": 3, "n_positions": 200, "initializer_range": 0.3,
          "resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0 }
        """;

    private const string NeoX = """
        { "model_type": "gpt_neox", "vocab_size": 60, "hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 40,
          "max_position_embeddings": 200, "rotary_pct": 0.5, "initializer_range": 0.3, "attention_dropout": 0.0, "hidden_dropout": 0.0 }
        """;

    private readonly IDisposable _scope = NewDisposeScope();

    public static TheoryData<string, ScalarType, double> Models => new()
    {
        { Llama, ScalarType.Float32, 1e-5 },
        { Llama.Replace("0.3", "0.1", StringComparison.Ordinal), ScalarType.BFloat16, 0.06 }, // rounding grows less with small weights
        { Gpt2, ScalarType.Float32, 1e-5 },
        { NeoX, ScalarType.Float32, 1e-5 },
    };

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Models))]
    public void Hidden_OfWholeRows_LikeTheOperators(string config, ScalarType type, double tolerance)
    {
        using var model = ModelFolder.CreateCausalLm(ModelConfig.Parse(config, "test"), 1, computeType: type);
        var ids = randint(0, 60, [3, 90]); // more than one block of queries and of keys

        KernelCheck.Same([.. model.parameters().Take(6)], () => model.Hidden(ids), tolerance);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void LogProbs_OfPackedRows_LikePaddedRows(string config, ScalarType type, double tolerance)
    {
        using var model = ModelFolder.CreateCausalLm(ModelConfig.Parse(config, "test"), 1, computeType: type);
        model.train(); // no dropout in it
        var batch = Pairs();

        KernelCheck.Same([.. model.parameters()], () => batch.LogProbs(model), tolerance);
    }

    [Fact]
    public void LogProbs_WithGradientCheckpointing_AreTheSame()
    {
        using var model = ModelFolder.CreateCausalLm(ModelConfig.Parse(Llama, "test"), 1);
        var batch = Pairs();
        Tensor[] parameters = [.. model.parameters()];
        var plain = autograd.grad([batch.LogProbs(model).sum()], parameters);

        model.GradientCheckpointing = true;
        var again = autograd.grad([batch.LogProbs(model).sum()], parameters);

        for (var i = 0; i < parameters.Length; i++)
        {
            KernelCheck.Close(again[i], plain[i], 0, $"parameter {i}");
        }
    }

    [Fact]
    public void Scores_OfARewardModel_LikePaddedRows()
    {
        using var model = ModelFolder.CreateScalarHead(ModelConfig.Parse(Llama, "test"), 1);
        var ids = randint(0, 60, [4, 50]);
        ids.narrow(0, 2, 2).narrow(1, 0, 30).copy_(ids.narrow(0, 0, 2).narrow(1, 0, 30)); // rows 2 and 3 begin as 0 and 1

        KernelCheck.Same([.. model.parameters()], () => model.Scores(ids, [50, 31, 42, 50]), 1e-5);
    }

    [Fact]
    public void AStep_AllocatesNothingThatGrowsWithTheTokens()
    {
        using var model = ModelFolder.CreateCausalLm(ModelConfig.Parse(Llama, "test"), 1);
        long[] places = [.. Enumerable.Range(0, 4000).Select(place => (long)place)], ids = [.. places.Select(place => place * place % 60)];
        var batch = TargetBatch.Of(ids, 20, 200, places, ids, CPU);
        var spent = 0L;
        for (var step = 0; step < 4; step++)
        {
            using var scope = NewDisposeScope();
            var before = GC.GetAllocatedBytesForCurrentThread();
            batch.LogProbs(model).sum().backward();
            spent = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        spent.ShouldBeLessThan(8 * places.Length); // an array of the ids alone has 32,000 bytes
    }

    // Two prompts, the second with answers of different lengths, and a row without targets.
    private static TargetBatch Pairs()
    {
        manual_seed(5);
        const int Length = 100;
        long[] ids = randint(0, 60, [5 * Length]).data<long>().ToArray();
        ids.AsSpan(0, 40).CopyTo(ids.AsSpan(2 * Length));
        ids.AsSpan(Length, 70).CopyTo(ids.AsSpan(3 * Length));
        (int Row, int From, int To)[] answers = [(0, 40, 100), (1, 70, 77), (2, 40, 51), (3, 70, 100)];
        long[] places = [.. answers.SelectMany(answer => Enumerable.Range(answer.From - 1, answer.To - answer.From).Select(place => (long)((answer.Row * Length) + place)))];
        return TargetBatch.Of(ids, 5, Length, places, [.. places.Select(place => ids[place + 1 < ids.Length ? place + 1 : place])], CPU);
    }
}
