namespace Alignment.Evaluation.OverOptimization;

/// <summary>The k samples of the reference for each prompt among which the proxy chooses, with their scores; those of one prompt stand together.</summary>
/// <param name="Samples">k.</param>
/// <param name="Proxy">The training reward.</param>
/// <param name="HeldOut">The held-out reward model's; null without one.</param>
/// <param name="Gold">The gold reward; null without one.</param>
/// <param name="Lengths">Tokens of each.</param>
internal sealed record BestOfScores(int Samples, double[] Proxy, double[]? HeldOut, double[]? Gold, double[] Lengths)
{
    /// <summary>The mean over prompts of the value of the best of n by the proxy.</summary>
    /// <param name="values">One for each sample.</param>
    /// <param name="n">From 1 to <see cref="Samples"/>.</param>
    public double Expected(double[] values, int n) =>
        Enumerable.Range(0, Proxy.Length / Samples).Average(prompt => BestOfN.Expected(Proxy.AsSpan(prompt * Samples, Samples), values.AsSpan(prompt * Samples, Samples), n));
}
