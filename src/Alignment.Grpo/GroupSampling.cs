using System.Globalization;
using Alignment.Core.Numerics;
using Alignment.Data.Rows;
using Alignment.Rollouts;
using Alignment.Training.Loops;
using static TorchSharp.torch;

namespace Alignment.Grpo;

/// <summary>
/// Samples and scores the groups of a step; where wanted, leaves out those whose scores are all equal and samples others in their place
/// (dynamic sampling: Yu et al. 2025, DAPO, arXiv:2503.14476, Section 3.2). Which prompts a round takes is a function of seed and step.
/// </summary>
internal sealed class GroupSampling
{
    private readonly GrpoOptions _options;
    private readonly IReadOnlyList<PromptExample> _prompts;
    private readonly RolloutSampler _sampler;
    private readonly RolloutScorer _scorer;
    private readonly Device _device;
    private readonly int _groups;
    private readonly BatchPlan _refills;

    public GroupSampling(GrpoOptions options, PromptSets prompts, RolloutSampler sampler, RolloutScorer scorer, Device device, long seed)
    {
        _options = options;
        _prompts = prompts.Train;
        _sampler = sampler;
        _scorer = scorer;
        _device = device;
        _groups = options.RolloutBatchSize / options.NumGenerations;
        var (first, later) = (Seeds.Derive(seed, "shuffle"), Seeds.Derive(seed, "shuffle/refill"));
        Plan = prompts.Plan(_groups, first);
        _refills = prompts.Plan(_groups, later);
    }

    /// <summary>The prompts of the first round of each step.</summary>
    public BatchPlan Plan { get; }

    /// <summary>Samples and scores; nothing else has changed when it is cancelled.</summary>
    /// <param name="step">The step, from 1.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public SampledGroups Sample(long step, CancellationToken cancel)
    {
        var sampled = Round(Plan.Rows(step), string.Create(CultureInfo.InvariantCulture, $"train/{step}"), cancel);
        for (var round = 1; round <= _options.RefillRounds && Missing(sampled) > 0; round++)
        {
            var rows = _refills.Rows(((step - 1) * _options.RefillRounds) + round)[..Missing(sampled)];
            sampled = Join(sampled, Round(rows, string.Create(CultureInfo.InvariantCulture, $"train/{step}/refill/{round}"), cancel));
        }

        return sampled;
    }

    private int Missing(SampledGroups sampled) => _groups - (sampled.Kept.Length / _options.NumGenerations);

    private SampledGroups Round(int[] rows, string purpose, CancellationToken cancel)
    {
        using var scope = NewDisposeScope();
        var prompts = rows.SelectMany(row => Enumerable.Repeat(_prompts[row], _options.NumGenerations)).ToArray();
        var batch = new RolloutBatch(_sampler.Sample(prompts, purpose, cancel), _device);
        var order = Enumerable.Range(0, batch.Rollouts.Count).OrderByDescending(row => batch.Rollouts[row].Length);
        _scorer.Rewards(batch, [.. order.Chunk(_options.Training.BatchSize)], cancel);
        return new SampledGroups(batch.Rollouts, batch.Rewards!, batch.Scores, [.. Kept(batch.Scores)]);
    }

    private IEnumerable<int> Kept(float[] scores) => scores.Select((_, row) => row).Chunk(_options.NumGenerations)
        .Where(group => !_options.FilterEqualRewards || group.Any(row => scores[row] != scores[group[0]]))
        .SelectMany(group => group);

    private static SampledGroups Join(SampledGroups first, SampledGroups second) => new(
        [.. first.Rollouts, .. second.Rollouts],
        first.Rewards.And(second.Rewards),
        [.. first.Scores, .. second.Scores],
        [.. first.Kept, .. second.Kept.Select(row => row + first.Rollouts.Count)]);
}
