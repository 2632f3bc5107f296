using Alignment.Core.Models;
using Alignment.Data.Loading;
using Alignment.Data.Rows;
using Alignment.Objectives;
using Alignment.Rollouts;
using Alignment.Training.Metrics;
using Alignment.Training.Optimization;
using Alignment.Training.Schedules;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.OnlineDpo.Tests;

public sealed class OnlineDpoUpdateTests
{
    private const double Temperature = 0.8;
    private const double Beta = 0.3;
    private const double Alpha = 0.02;

    // Two prompts with two responses each, of different lengths.
    private static readonly (int[] Prompt, int[] Response)[] Responses =
        [([5, 9, 12], [20, 21, 3]), ([5, 9, 12], [30, 3]), ([7, 40], [41, 42, 43, 44]), ([7, 40], [50])];

    private static readonly ResponsePair[] Pairs = [new(0, 1, FirstIsBetter: true), new(2, 3, FirstIsBetter: false)];

    [Theory]
    [InlineData(OnlineMethod.OnlineDpo, DpoLossKind.Sigmoid, 1)]
    [InlineData(OnlineMethod.OnlineDpo, DpoLossKind.Sigmoid, 2)]
    [InlineData(OnlineMethod.OnlineDpo, DpoLossKind.Ipo, 2)]
    [InlineData(OnlineMethod.Xpo, DpoLossKind.Sigmoid, 2)]
    public void Run_ResponsesMadeByHand_HasTheLossOfTheDenseFormula(OnlineMethod method, DpoLossKind kind, int batchSize)
    {
        using var run = new TinyRun("    rewards: [ { kind: regex, name: vowel, pattern: \"[aeiou]\" } ]\n    rollout_batch_size: 8\n    max_new_tokens: 4\n    training: { max_steps: 5, batch_size: 4, learning_rate: 0.01 }\n");
        run.Main(run.Root).ShouldBe(0); // a policy that is no longer its reference
        var options = new OnlineDpoOptions
        {
            Model = Path.Combine(TinyRun.Stage(run.Root), "model"),
            Reference = run.At("policy"),
            Train = [run.At("prompts.jsonl")],
            RewardModel = [run.At("rm")],
            Data = new DataOptions { Template = "chatml", MaxLength = 64 },
            Method = method,
            Loss = kind,
            Beta = Beta,
            Alpha = Alpha,
            Temperature = Temperature,
            Training = new OnlineDpoTrainingOptions { BatchSize = batchSize },
        };
        using var scope = NewDisposeScope();
        using var models = RolloutModels.Load(options, options.Training, seed: 1);
        var rollouts = new RolloutBatch([.. Responses.Select((row, i) => new Rollout(new PromptExample($"f:{i}", row.Prompt, []), row.Response, new float[row.Response.Length], Ended: true))], CPU);
        new RolloutScorer(models, options).Score(rollouts, [[0, 2], [1, 3]]);
        var (policy, reference) = (Dense(models.Policy), Dense(models.Reference!));
        var parameters = OptimizerFactory.Trained(models.Policy.parameters());
        using var optimizer = OptimizerFactory.AdamW(parameters, 0, 0.9, 0.999, 1e-8);
        var metrics = new MetricMeans(new PendingReads(holdsAll: true)); // read at the step's end, as a device's numbers are

        new OnlineDpoUpdate(options, models, new GradientStep(optimizer, parameters, 1e-3, new LearningRateSchedule(LearningRateShape.Constant, 1, 0, 1), 1, metrics.Reads)).Run(7, rollouts, Pairs, isReference: false, metrics);

        var means = metrics.Take().ToDictionary(pair => pair.Key, pair => pair.Value);
        double Margin(ResponsePair pair) => policy[pair.Chosen] - reference[pair.Chosen] - policy[pair.Rejected] + reference[pair.Rejected];
        double Loss(ResponsePair pair) => kind == DpoLossKind.Ipo ? Math.Pow(Margin(pair) - (1 / (2 * Beta)), 2) : Math.Log(1 + Math.Exp(-Beta * Margin(pair)));
        var bonus = method == OnlineMethod.Xpo ? Alpha * Pairs.Average(pair => policy[pair.Second]) : 0;
        Math.Abs(Pairs.Average(Margin)).ShouldBeGreaterThan(0.01);
        means["loss"].ShouldBe(Pairs.Average(Loss) + bonus, 1e-4);
        means["rewards/margins"].ShouldBe(Beta * Pairs.Average(Margin), 1e-4);
        means["logps/chosen"].ShouldBe(Pairs.Average(pair => policy[pair.Chosen]), 1e-3);
        means["logps/rejected"].ShouldBe(Pairs.Average(pair => policy[pair.Rejected]), 1e-3);

        // The update lowers the loss: log-probabilities move the way of the pairs.
        var after = Dense(models.Policy);
        Pairs.Sum(pair => after[pair.Chosen] - after[pair.Rejected]).ShouldBeGreaterThan(Pairs.Sum(pair => policy[pair.Chosen] - policy[pair.Rejected]));
    }

    // log p of each response from the whole table of logits.
    private static double[] Dense(CausalLm model)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return Array.ConvertAll(Responses, row =>
        {
            long[] ids = [.. row.Prompt.Concat(row.Response).Select(id => (long)id)];
            var logits = model.Logits(model.Hidden(tensor(ids, [1, ids.Length]))).squeeze(0); // [T, V]
            var logProbs = nn.functional.log_softmax(logits / Temperature, dim: 1);
            return Enumerable.Range(row.Prompt.Length, row.Response.Length).Sum(t => logProbs[t - 1, ids[t]].ToDouble());
        });
    }
}
