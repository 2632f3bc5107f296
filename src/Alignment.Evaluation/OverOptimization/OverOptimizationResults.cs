namespace Alignment.Evaluation.OverOptimization;

/// <summary>How the rewards part as policies move away from the reference.</summary>
/// <param name="Reference">The model that the KL is from.</param>
/// <param name="RewardPerToken">Slope of the length control; null where lengths do not vary.</param>
/// <param name="Points">Models, checkpoints run by run, best-of-n.</param>
/// <param name="Fits">Curves through the runs that have enough points.</param>
internal sealed record OverOptimizationResults(string Reference, double? RewardPerToken, IReadOnlyList<RewardPoint> Points, IReadOnlyList<CurveFit> Fits)
{
    /// <summary>The runs, best-of-n last.</summary>
    public IEnumerable<IGrouping<string, RewardPoint>> Runs() => Points.Where(point => point.Run is not null).GroupBy(point => point.Run!);

    /// <summary>Puts the points together.</summary>
    /// <param name="reference">The reference's name.</param>
    /// <param name="sources">Which of the models are checkpoints.</param>
    /// <param name="models">Their numbers.</param>
    /// <param name="control">Takes length out; null where that cannot be.</param>
    /// <param name="bestOf">Samples for best-of-n; null without.</param>
    public static OverOptimizationResults Of(
        string reference, IReadOnlyList<ModelSource> sources, IReadOnlyDictionary<string, ModelResults> models, LengthControl? control, BestOfScores? bestOf)
    {
        var trained = sources.Select(source => Point(source.Name, source.Run, models[source.Name]));
        var chosen = bestOf is null ? [] : BestOfN.Sizes(bestOf.Samples).Select(n => new RewardPoint(
            FormattableString.Invariant($"best of {n}"),
            RewardPoint.BestOfN,
            BestOfN.Kl(n),
            bestOf.Expected(bestOf.Proxy, n),
            control is null ? null : bestOf.Expected(control.Apply(bestOf.Proxy, bestOf.Lengths), n),
            bestOf.HeldOut is { } heldOut ? bestOf.Expected(heldOut, n) : null,
            bestOf.Gold is { } gold ? bestOf.Expected(gold, n) : null));
        var results = new OverOptimizationResults(reference, control?.Slope, [.. trained, .. chosen], []);
        return results with { Fits = [.. results.Fitted()] };
    }

    private static RewardPoint Point(string name, string? run, ModelResults model) =>
        new(name, run, model.Kl.Mean, model.Reward!.Value.Mean, model.RewardLengthControlled?.Mean, model.HeldOutReward?.Mean, model.GoldReward?.Mean);

    private IEnumerable<CurveFit> Fitted()
    {
        var start = Points.Single(point => point.Model == Reference && point.Run is null);
        foreach (var run in Runs())
        {
            var isBestOfN = run.Key == RewardPoint.BestOfN;
            foreach (var measure in RewardMeasure.In([.. run]))
            {
                var zero = measure.Of(isBestOfN ? run.First() : start)!.Value; // the best of one is the reference
                if (CurveFit.Of(run.Key, measure.Key, run.Select(point => (point.SqrtKl, measure.Of(point)!.Value - zero)), isBestOfN) is { } fit)
                {
                    yield return fit;
                }
            }
        }
    }
}
