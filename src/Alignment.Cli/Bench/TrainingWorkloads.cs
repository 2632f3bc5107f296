using Alignment.Core.Checkpoints;
using Alignment.Core.Memory;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Cli.Bench;

/// <summary>The steps of the stages on random weights and tokens: the same work as the baseline script of the same name.</summary>
/// <param name="options">Shape, batch, lengths, type.</param>
internal sealed class TrainingWorkloads(BenchOptions options)
{
    private const long Seed = 1;

    private readonly ModelConfig _config = BenchShape.Parse(options.Shape);
    private readonly Random _random = new((int)Seed);

    /// <summary>One SFT step: the loss of every token, gradients, clipping, AdamW.</summary>
    public BenchWorkload Sft()
    {
        var model = Model();
        var update = Update(model, 1e-4);
        var ids = Tokens(options.Batch * options.Length);
        var targets = Tokens(ids.Length);
        var rows = Enumerable.Range(0, ids.Length).Select(place => (long)place).ToArray();
        return new BenchWorkload(
            $"sft {options.Shape} B{options.Batch} T{options.Length}",
            () => update.Run(() => TargetBatch.Of(ids, options.Batch, options.Length, rows, targets, options.Device).LogProbs(model).sum().neg(), ids.Length),
            ids.Length,
            3 * BenchShape.ForwardFlops(_config, ids.Length, options.Length),
            model,
            update)
        {
            Memory = Memory(options.Batch, ids.Length),
        };
    }

    /// <summary>One DPO step with the reference's log-probs at hand, as the stage has them after its first pass over the pairs.</summary>
    public BenchWorkload Dpo()
    {
        var model = Model();
        var update = Update(model, 1e-6);
        var rows = Responses(options.Batch, 2);
        Tensor reference;
        using (no_grad())
        {
            reference = Sums(rows, model);
        }

        return new BenchWorkload(
            $"dpo {options.Shape} {options.Batch} pairs T{options.Length}{(options.Ragged ? " ragged" : "")}",
            () => update.Run(
                () => DpoLoss.Compute(Halves(Sums(rows, model)), Halves(reference), 0.1, DpoLossKind.Sigmoid).Losses.sum(),
                options.Batch),
            2L * options.Batch * options.Length,
            4 * BenchShape.ForwardFlops(_config, 2L * options.Batch * options.Length, options.Length),
            model,
            update)
        {
            Memory = Memory(2 * options.Batch, rows.Owners.Length, Running(rows)),
        };
    }

    /// <summary>One step of a reward model on pairs.</summary>
    public BenchWorkload Reward()
    {
        var model = ModelFolder.CreateScalarHead(_config, Seed, options.Device, options.Type);
        var update = Update(model, 1e-5);
        var rows = Responses(options.Batch, 2);
        var ids = rows.Ids;
        return new BenchWorkload(
            $"reward {options.Shape} {options.Batch} pairs T{options.Length}{(options.Ragged ? " ragged" : "")}",
            () => update.Run(
                () =>
                {
                    var scores = model.Scores(tensor(ids, [2L * options.Batch, options.Length]).SentTo(options.Device), rows.Lengths); // [2P]
                    return BradleyTerryLoss.Compute(scores.narrow(0, 0, options.Batch), scores.narrow(0, options.Batch, options.Batch)).sum();
                },
                options.Batch),
            2L * options.Batch * options.Length,
            3 * BenchShape.ForwardFlops(_config, 2L * options.Batch * options.Length, options.Length),
            model,
            update)
        {
            Memory = Memory(2 * options.Batch, 0, Running(rows), scalarHead: true),
        };
    }

    /// <summary>One GRPO update: several responses to each prompt, clipped policy gradient against the log-probs that they were sampled with.</summary>
    public BenchWorkload Grpo()
    {
        var model = Model();
        var update = Update(model, 1e-6);
        var rows = Responses(options.Batch, options.Group);
        Tensor old;
        using (no_grad())
        {
            old = rows.Batch(options.Device).LogProbs(model);
        }

        var perRow = Enumerable.Range(0, rows.Lengths.Length).Select(_ => _random.NextDouble() - 0.5).ToArray();
        var advantages = tensor(rows.Owners.Select(owner => (float)perRow[owner]).ToArray()).to(options.Device);
        var tokens = (long)options.Batch * options.Group * options.Length;
        return new BenchWorkload(
            $"grpo {options.Shape} {options.Batch}x{options.Group} T{options.Length}{(options.Ragged ? " ragged" : "")}",
            () => update.Run(() => PpoLoss.Policy(rows.Batch(options.Device).LogProbs(model), old, advantages, 0.2).Losses.sum(), rows.Owners.Length),
            tokens,
            3 * BenchShape.ForwardFlops(_config, tokens, options.Length),
            model,
            update)
        {
            Memory = Memory(rows.Lengths.Length, rows.Owners.Length, Running(rows)),
        };
    }

    /// <summary>Log-probs of responses, without gradient, as references and evaluations need them.</summary>
    public BenchWorkload LogProbs()
    {
        var model = Model();
        var rows = Responses(options.Batch, 1);
        var tokens = (long)options.Batch * options.Length;
        return new BenchWorkload(
            $"logprobs {options.Shape} B{options.Batch} T{options.Length}{(options.Ragged ? " ragged" : "")}",
            () =>
            {
                using var scope = NewDisposeScope();
                using var noGrad = no_grad();
                rows.Batch(options.Device).LogProbs(model).sum().ToDouble();
            },
            tokens,
            BenchShape.ForwardFlops(_config, tokens, options.Length),
            model);
    }

    /// <summary>Tokens that run: each prompt once, and all responses.</summary>
    private long Running(ResponseRows rows) => ((long)options.Batch * options.Prompt) + rows.Owners.Length;

    private MemoryEstimate Memory(int rows, int targets, long? tokens = null, bool scalarHead = false) => MemoryEstimate.Training(_config, new TrainingShape
    {
        Rows = rows,
        Length = options.Length,
        Tokens = tokens,
        Targets = targets,
        BFloat16 = options.Type == ScalarType.BFloat16,
        ScalarHead = scalarHead,
    });

    private CausalLm Model() => ModelFolder.CreateCausalLm(_config, Seed, options.Device, options.Type);

    private static UpdateStep Update(nn.Module model, double learningRate) => new(model, learningRate);

    private long[] Tokens(int count) => [.. Enumerable.Range(0, count).Select(_ => (long)_random.Next(1, _config.VocabularySize))];

    /// <summary>Prompts, each with some responses: first one response to every prompt, then the next.</summary>
    private ResponseRows Responses(int prompts, int each)
    {
        var longest = options.Length - options.Prompt;
        var lines = new List<(long[] Ids, int Prompt)>();
        var starts = Enumerable.Range(0, prompts).Select(_ => Tokens(options.Prompt)).ToArray();
        for (var number = 0; number < each; number++)
        {
            foreach (var start in starts)
            {
                var length = options.Ragged && lines.Count > 0 ? _random.Next(Math.Max(1, longest / 4), longest + 1) : longest;
                lines.Add(([.. start, .. Tokens(length)], options.Prompt));
            }
        }

        return new ResponseRows(lines, options.Length);
    }

    private Tensor Sums(ResponseRows rows, CausalLm model) =>
        zeros([rows.Lengths.Length], dtype: ScalarType.Float64, device: options.Device).index_add(0, tensor(rows.Owners).SentTo(options.Device), rows.Batch(options.Device).LogProbs(model).to(ScalarType.Float64), 1);

    private static PairLogProbs Halves(Tensor sums) => new(sums.narrow(0, 0, sums.size(0) / 2), sums.narrow(0, sums.size(0) / 2, sums.size(0) / 2));
}
