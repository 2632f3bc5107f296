using System.Globalization;
using Alignment.Objectives;
using Alignment.Objectives.Pairwise;
using TorchSharp;

namespace Alignment.Dpo;

/// <summary>
/// Before the first step a policy that is its own reference has rewards 0, and a loss that is known for most forms: ln 2 for the sigmoid,
/// whatever the labels and the smoothing, 1 for the hinge, 1/(4β²) for IPO; ½ for KTO and APO without pairs, ln 2 for BCO. Anything else means that policy and reference are not compared alike.
/// </summary>
internal static class SelfTest
{
    /// <summary>What the loss may be off by, relative where it is above 1.</summary>
    public const double Tolerance = 1e-6;

    /// <summary>The loss of every pair, or of every response without pairs, when policy and reference are equal; null where it depends on the row (a likelihood, margins, weights).</summary>
    public static double? ExpectedLoss(DpoOptions options)
    {
        if (options.Unpaired is { } unpaired)
        {
            return unpaired == UnpairedLossKind.Bco ? (options.MatchUnderlyingDistribution is null ? Math.Log(2) : null) : options.DesirableWeight == options.UndesirableWeight ? options.DesirableWeight / 2 : null;
        }

        var loss = options.ToLossOptions();
        return options.HasMargins || options.UseWeighting
            ? null
            : options.Loss.Select((kind, k) => (options.LossWeights?[k] ?? 1) * PairwiseLosses.Of(kind).AtReference?.Invoke(loss)).Aggregate((double?)0, (sum, term) => sum + term);
    }

    /// <summary>Refuses to start when the numbers of some pairs are not the known ones.</summary>
    /// <param name="result">Pair by pair, without other terms of the loss.</param>
    /// <param name="options">What the loss is.</param>
    /// <exception cref="InvalidDataException">They are not.</exception>
    public static void Check(DpoLossResult result, DpoOptions options)
    {
        var known = ExpectedLoss(options);
        var expected = known ?? 0;
        var loss = known is null ? 0 : (result.Losses.detach() - expected).abs().max().ToDouble();
        var reward = Math.Max(result.ChosenRewards.abs().max().ToDouble(), result.RejectedRewards.abs().max().ToDouble());
        if (!(loss <= Tolerance * Math.Max(1, expected) && reward <= Tolerance))
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"self test before step 1: the policy is its own reference, so every loss must be {(known is null ? "its own" : expected.ToString("0.000000", CultureInfo.InvariantCulture))} and every reward 0, but a loss is off by {loss:0.0e+0} and a reward is {reward:0.0e+0}; "
                + $"remove {ReferenceCache.FileName} from the stage's folder and start again; if that does not help, the model does not compute the same twice"));
        }
    }
}
