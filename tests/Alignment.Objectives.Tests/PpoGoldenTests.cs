using TorchSharp;

using static TorchSharp.torch;

namespace Alignment.Objectives.Tests;

/// <summary>KL, shaping, whitening and GAE in the order of TRL's PPO trainer, against its own numbers.</summary>
public class PpoGoldenTests
{
    // TRL divides the two counts of Bessel's correction in float32, whatever the values' type: up to 6e-8 of the variance.
    private const double WhitenedTolerance = 6e-8;

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Golden.Part("ppo_gae").GetProperty("cases").GetArrayLength())];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Shaping_TrlGolden_EveryStepAgrees(int index)
    {
        using var scope = NewDisposeScope();
        var part = Golden.Part("ppo_gae");
        var inputs = part.GetProperty("inputs");
        var golden = part.GetProperty("cases")[index];
        var config = golden.GetProperty("config");
        var pad = inputs.GetProperty("pad_token_id").GetInt32();
        var responses = inputs.GetProperty("postprocessed_responses");
        var width = responses[0].GetArrayLength();
        var lengths = responses.EnumerateArray()
            .Select(row => row.EnumerateArray().TakeWhile(id => id.GetInt32() != pad).Count()).ToArray();
        var mask = Masked.FromLengths(lengths, width);
        var oneMore = Masked.FromLengths([.. lengths.Select(n => Math.Min(n + 1, width))], width);
        var estimator = Enum.Parse<KlEstimator>(config.GetProperty("kl_estimator").GetString()!, ignoreCase: true);
        var values = Golden.Array(inputs.GetProperty("values")).masked_fill(oneMore.logical_not(), 0);

        var kl = KlEstimators.PerToken(Golden.Array(inputs.GetProperty("logprobs")), Golden.Array(inputs.GetProperty("ref_logprobs")), estimator)
            .masked_fill(mask.logical_not(), 0);
        var rewards = TokenRewards.Compute(
            kl,
            Golden.Array(inputs.GetProperty("scores")),
            lengths,
            config.GetProperty("kl_coef").GetDouble(),
            ScorePlacement.AfterLastToken);
        if (config.GetProperty("whiten_rewards").GetBoolean())
        {
            rewards = Masked.Whiten(rewards, oneMore, shiftMean: false);
        }

        var (advantages, returns) = GeneralizedAdvantage.Compute(
            rewards, values, config.GetProperty("gamma").GetDouble(), config.GetProperty("lam").GetDouble());
        advantages = Masked.Whiten(advantages, mask);

        kl.ShouldMatch(golden.GetProperty("kl"), "kl");
        rewards.ShouldMatch(golden.GetProperty("rewards"), "rewards", WhitenedTolerance);
        values.ShouldMatch(golden.GetProperty("values_after_masking"), "values");
        returns.ShouldMatch(golden.GetProperty("returns"), "returns", WhitenedTolerance);
        advantages.ShouldMatch(golden.GetProperty("advantages"), "advantages", WhitenedTolerance);
        kl.sum(1).mean().ToDouble().ShouldMatch(golden.GetProperty("mean_kl").GetDouble(), "mean KL");
    }
}
