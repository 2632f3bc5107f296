using Alignment.Core.Checkpoints;
using Alignment.Core.Kernels;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Core.Tests.Kernels;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Numerics;

/// <summary>Rows that hold several sequences against the same sequences one by one: log-probs and gradients.</summary>
public sealed class TargetBatchSequencesTests : IDisposable
{
    private const int Length = 40;

    private const string Llama = """
        { "model_type": "llama", "vocab_size": 60, "hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
          "intermediate_size": 40, "max_position_embeddings": 64, "initializer_range": 0.3 }
        """;

    // Two rows of 40 tokens: the first is full, the second has padding at its end. The same beginning in several sequences, one of a single token.
    private static readonly int[][] Rows = [[17, 12, 11], [20, 1, 13]];

    private readonly IDisposable _scope = NewDisposeScope();

    public static TheoryData<string, string> Models => new()
    {
        { "rotary", Llama },
        { "window", Llama.Replace("\"llama\"", "\"mistral\", \"sliding_window\": 5", StringComparison.Ordinal) },
        { "angles by length", Llama.Replace("\"llama\"", "\"llama\", \"rope_scaling\": { \"rope_type\": \"dynamic\", \"factor\": 2.0, \"original_max_position_embeddings\": 16 }", StringComparison.Ordinal).Replace("\"max_position_embeddings\": 64", "\"max_position_embeddings\": 16", StringComparison.Ordinal) },
        { "learned positions", """{ "model_type": "gpt2", "vocab_size": 60, "n_embd": 24, "n_layer": 2, "n_head": 3, "n_positions": 40, "initializer_range": 0.3, "resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0 }""" },
    };

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Models))]
    public void LogProbs_SeveralSequencesInARow_LikeEachByItself(string what, string config)
    {
        using var model = ModelFolder.CreateCausalLm(ModelConfig.Parse(config, what), 1);
        model.train(); // no dropout in it
        Tensor[] parameters = [.. model.parameters()];

        Check();
        using (NativeKernels.Off())
        {
            Check();
        }

        void Check()
        {
            var packed = Packed().LogProbs(model);
            var single = cat([.. OneByOne().Select(batch => batch.LogProbs(model))]);
            KernelCheck.Close(packed, single, 2e-5, what);

            var found = autograd.grad([KernelCheck.Weighted(packed)], parameters);
            var expected = autograd.grad([KernelCheck.Weighted(single)], parameters);
            for (var i = 0; i < parameters.Length; i++)
            {
                KernelCheck.Close(found[i], expected[i], 2e-5, $"{what}, parameter {i}");
            }
        }
    }

    private static long[] Sequence(int row, int number) =>
        [.. Enumerable.Range(0, Rows[row][number]).Select(i => (long)(i < 9 ? 3 + i : (7 * i) + (11 * number) + row) % 60)];

    private static IEnumerable<TargetBatch> OneByOne()
    {
        for (var row = 0; row < Rows.Length; row++)
        {
            for (var number = 0; number < Rows[row].Length; number++)
            {
                if (Sequence(row, number) is { Length: > 1 } ids)
                {
                    yield return TargetBatch.Of(ids, 1, ids.Length, [.. Enumerable.Range(0, ids.Length - 1).Select(place => (long)place)], ids[1..], CPU);
                }
            }
        }
    }

    private static TargetBatch Packed()
    {
        var (ids, starts, places, targets) = (new long[Rows.Length * Length], new List<int>(), new List<long>(), new List<long>());
        for (var row = 0; row < Rows.Length; row++)
        {
            var at = row * Length;
            for (var number = 0; number < Rows[row].Length; number++)
            {
                starts.Add(at);
                var sequence = Sequence(row, number);
                sequence.CopyTo(ids, at);
                places.AddRange(Enumerable.Range(at, sequence.Length - 1).Select(place => (long)place));
                targets.AddRange(sequence[1..]);
                at += sequence.Length;
            }

            if (at < (row + 1) * Length)
            {
                starts.Add(at);
            }
        }

        return TargetBatch.Of(ids, Rows.Length, Length, [.. places], [.. targets], CPU, [.. starts]);
    }
}
