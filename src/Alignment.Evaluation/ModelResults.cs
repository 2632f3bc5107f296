using Alignment.Evaluation.OverOptimization;
using Alignment.Training.Statistics;

namespace Alignment.Evaluation;

/// <summary>The numbers of one model. A number whose inputs the options leave out is null and not written.</summary>
/// <param name="GoldReward">Mean gold reward.</param>
/// <param name="Reward">Mean normalised reward of the reward model.</param>
/// <param name="WinRate">Share of prompts on which the gold reward is higher than the baseline's; equal counts one half.</param>
/// <param name="Kl">Mean over responses of Σ_t (log π − log π_ref), in nats.</param>
/// <param name="EosRate">Share of responses that ended by the stop token.</param>
/// <param name="HeldOutAccuracy">Share of the choices that are right.</param>
/// <param name="Length">Mean tokens of a response, the stop token included.</param>
/// <param name="Rewards">Mean of each term of the gold reward, unweighted.</param>
/// <param name="GoldRewardVsBaseline">Mean over prompts of the gold reward less the baseline's.</param>
internal sealed record ModelResults(
    Interval? GoldReward,
    Interval? Reward,
    Interval? WinRate,
    Interval Kl,
    double EosRate,
    Interval? HeldOutAccuracy,
    double Length,
    IReadOnlyDictionary<string, double>? Rewards,
    Interval? GoldRewardVsBaseline)
{
    /// <summary>Mean normalised reward of the reward model without what length explains; null where lengths do not vary.</summary>
    public Interval? RewardLengthControlled { get; init; }

    /// <summary>Mean normalised reward of the held-out reward model; null without one.</summary>
    public Interval? HeldOutReward { get; init; }

    /// <summary>Puts a model's numbers together. Intervals are over prompts; the resamples are the same for all models.</summary>
    /// <param name="model">The model.</param>
    /// <param name="baseline">The model that it is compared with; may be the same.</param>
    /// <param name="options">Samples of a prompt, resamples.</param>
    /// <param name="seed">Of the bootstrap.</param>
    /// <param name="control">Takes length out of the reward; null where that cannot be.</param>
    public static ModelResults Of(ModelScores model, ModelScores baseline, EvaluationOptions options, long seed, LengthControl? control = null)
    {
        return new(
            model.Gold is { } gold ? OfResponses(gold) : null,
            model.Rewards is { } rewards ? OfResponses(rewards) : null,
            model.Gold is { } mine ? OfResponses([.. mine.Zip(baseline.Gold!, Win)]) : null,
            OfResponses([.. model.LogProbs.Zip(model.ReferenceLogProbs, (policy, reference) => policy - reference)]),
            model.Responses.Ended.Average(ended => ended ? 1.0 : 0),
            model.ChoicesRight is { } right ? Bootstrap.Mean(right, seed, options.Bootstrap) : null,
            model.Responses.Ids.Average(ids => (double)ids.Length),
            model.Terms?.ToDictionary(term => term.Name, term => term.Scores.Average()),
            model.Gold is { } own ? OfResponses([.. own.Zip(baseline.Gold!, (one, other) => one - other)]) : null)
        {
            RewardLengthControlled = control is null ? null : OfResponses(control.Apply(model.Rewards!, LengthControl.LengthsOf(model.Responses))),
            HeldOutReward = model.HeldOutRewards is { } heldOut ? OfResponses(heldOut) : null,
        };

        Interval OfResponses(double[] values) => Bootstrap.Mean([.. values.Chunk(options.Samples).Select(prompt => prompt.Average())], seed, options.Bootstrap);
    }

    private static double Win(double mine, double other) => mine > other ? 1 : mine == other ? 0.5 : 0;
}
