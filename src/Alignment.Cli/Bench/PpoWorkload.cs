using Alignment.Core.Checkpoints;
using Alignment.Core.Generation;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Objectives;
using static TorchSharp.torch;

namespace Alignment.Cli.Bench;

/// <summary>
/// One step of PPO on random weights, as the stage makes it and the baseline script of that name: responses, log-probs under policy and reference,
/// values, rewards, advantages, then four passes in mini-batches of four, each an update of policy and value model.
/// </summary>
internal sealed class PpoWorkload : IDisposable
{
    private const long Seed = 1;
    private const int Epochs = 4;
    private const int MiniBatch = 4;

    private readonly BenchOptions _options;
    private readonly CausalLm _policy;
    private readonly CausalLm _reference;
    private readonly ScalarHeadModel _value;
    private readonly ScalarHeadModel _reward;
    private readonly UpdateStep _policyUpdate;
    private readonly UpdateStep _valueUpdate;
    private readonly TextGenerator _generator;
    private readonly int[][] _prompts;
    private readonly Random _random = new((int)Seed);
    private long _round;

    private PpoWorkload(ModelConfig config, BenchOptions options)
    {
        _options = options;
        _policy = ModelFolder.CreateCausalLm(config, Seed, options.Device, options.Type);
        _reference = ModelFolder.CreateCausalLm(config, Seed, options.Device, options.Type, frozen: true);
        _value = ModelFolder.CreateScalarHead(config, Seed, options.Device, options.Type);
        _reward = ModelFolder.CreateScalarHead(config, Seed, options.Device, options.Type, frozen: true);
        _policyUpdate = new UpdateStep(_policy, 3e-6);
        _valueUpdate = new UpdateStep(_value, 3e-6);
        _generator = new TextGenerator(_policy, new SamplingOptions { MaxNewTokens = options.Length - options.Prompt });
        _prompts = [.. Enumerable.Range(0, options.Batch).Select(_ => Enumerable.Range(0, options.Prompt).Select(_ => _random.Next(1, config.VocabularySize)).ToArray())];
    }

    /// <param name="options">Length is that of prompt and response together.</param>
    public static BenchWorkload Create(BenchOptions options)
    {
        var config = BenchShape.Parse(options.Shape);
        var work = new PpoWorkload(config, options);
        var (batch, prompt, length) = (options.Batch, options.Prompt, options.Length);
        var policy = BenchShape.ForwardFlops(config, (long)batch * length, length);
        var value = policy - (2.0 * batch * length * config.VocabularySize * config.TokenWidth);
        var sampling = BenchShape.ForwardFlops(config, (long)batch * prompt, prompt)
            + Enumerable.Range(0, length - prompt - 1).Sum(step => BenchShape.ForwardFlops(config, batch, prompt + step));
        return new BenchWorkload(
            $"ppo {options.Shape} B{batch} P{prompt} N{length - prompt} {Epochs} epochs",
            work.Step,
            (long)batch * (length - prompt),
            sampling + (2 * policy) + (2 * value) + (Epochs * 3 * (policy + value)),
            work);
    }

    public void Dispose()
    {
        _policyUpdate.Dispose();
        _valueUpdate.Dispose();
        _policy.Dispose();
        _reference.Dispose();
        _value.Dispose();
        _reward.Dispose();
    }

    private void Step()
    {
        using var scope = NewDisposeScope();
        var responses = _generator.Generate(_prompts, [.. Enumerable.Range(0, _options.Batch).Select(row => (_round++ * _options.Batch) + row)]);
        var lengths = responses.Select(response => response.Ids.Length).ToArray();
        var tables = Score(responses);
        var (advantages, returns) = Advantages(tables, lengths);
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            var order = Enumerable.Range(0, _options.Batch).ToArray();
            _random.Shuffle(order);
            foreach (var rows in order.Chunk(MiniBatch))
            {
                using var update = NewDisposeScope();
                var batch = Rows(rows, responses);
                Tensor Pick(Tensor table) => table.index_select(0, tensor(rows.Select(row => (long)row).ToArray()).SentTo(_options.Device)).reshape(-1);
                _policyUpdate.Run(
                    () => PpoLoss.Policy(batch.Batch(_options.Device).LogProbs(_policy), Pick(tables.LogProbs), Pick(advantages), 0.2).Losses.sum(), batch.Owners.Length);
                _valueUpdate.Run(
                    () => 0.1 * PpoLoss.Value(Values(batch, _value), Pick(tables.Values), Pick(returns), 0.2).Losses.sum(), batch.Owners.Length);
            }
        }
    }

    private (Tensor LogProbs, Tensor ReferenceLogProbs, Tensor Values, float[] Scores) Score(GeneratedSequence[] responses)
    {
        using var noGrad = no_grad();
        using var reference = _reference.HoldWeights();
        using var reward = _reward.HoldWeights();
        List<Tensor> logProbs = [], referenceLogProbs = [], values = [];
        var scores = new List<float>();
        foreach (var rows in Enumerable.Range(0, responses.Length).Chunk(MiniBatch))
        {
            var batch = Rows(rows, responses);
            var tokens = batch.Batch(_options.Device);
            logProbs.Add(tokens.LogProbs(_policy).view(rows.Length, -1)); // [B, R]: all responses are of one length
            referenceLogProbs.Add(tokens.LogProbs(_reference).view(rows.Length, -1));
            values.Add(Values(batch, _value).view(rows.Length, -1));
            scores.AddRange(_reward.Scores(tokens.Ids, batch.Lengths).cpu().data<float>().ToArray());
        }

        return (cat([.. logProbs], 0), cat([.. referenceLogProbs], 0), cat([.. values], 0), [.. scores]);
    }

    private (Tensor Advantages, Tensor Returns) Advantages((Tensor LogProbs, Tensor ReferenceLogProbs, Tensor Values, float[] Scores) tables, int[] lengths)
    {
        using var noGrad = no_grad();
        var kl = KlEstimators.PerToken(tables.LogProbs, tables.ReferenceLogProbs, KlEstimator.K1);
        var rewards = TokenRewards.Compute(kl, tensor(tables.Scores).SentTo(_options.Device), lengths, 0.05, ScorePlacement.LastToken);
        var (advantages, returns) = GeneralizedAdvantage.Compute(rewards, tables.Values, 1, 0.95);
        return (Masked.Whiten(advantages, Masked.FromLengths(lengths, lengths.Max()).SentTo(_options.Device)), returns);
    }

    private ResponseRows Rows(int[] rows, GeneratedSequence[] responses) =>
        new([.. rows.Select(row => (_prompts[row].Concat(responses[row].Ids).Select(id => (long)id).ToArray(), _options.Prompt))], _options.Length);

    // The value of the state before each token.
    private Tensor Values(ResponseRows rows, ScalarHeadModel model)
    {
        var batch = rows.Batch(_options.Device);
        return model.ValuesAt(batch.Ids, rows.States);
    }
}
