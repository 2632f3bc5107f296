namespace Alignment.Evaluation.OverOptimization;

/// <summary>
/// Takes out of a reward what length alone explains: r_LC = r − γ (length − mean length of the reference). γ is the least-squares slope of the reward on the
/// length beside an effect of each prompt and each model, so that a model that is better and longer keeps what it is better by. The linear form, for rewards, of
/// the regression behind AlpacaEval 2's length-controlled win rate: Dubois et al. 2024, arXiv:2404.04475, Section 3.
/// </summary>
/// <param name="Slope">γ: reward per token.</param>
/// <param name="ReferenceLength">Mean tokens of the reference's responses.</param>
internal sealed record LengthControl(double Slope, double ReferenceLength)
{
    /// <summary>Fits γ.</summary>
    /// <param name="models">Each with its rewards; all answered the same prompts.</param>
    /// <param name="reference">The one whose mean length all are brought to.</param>
    /// <param name="samples">Responses to each prompt; they stand together.</param>
    /// <returns>Null where rewards are missing or lengths do not vary.</returns>
    public static LengthControl? Of(IReadOnlyList<ModelScores> models, string reference, int samples)
    {
        if (models.Any(model => model.Rewards is null))
        {
            return null;
        }

        double[][] lengths = [.. models.Select(model => LengthsOf(model.Responses))];
        var x = Residuals(lengths, samples);
        var y = Residuals([.. models.Select(model => model.Rewards!)], samples);
        var variance = x.Sum(value => value * value);
        return variance < 1e-9 * x.Length ? null : new(x.Zip(y, (a, b) => a * b).Sum() / variance, models.Zip(lengths).Single(pair => pair.First.Name == reference).Second.Average());
    }

    /// <summary>Tokens of each response.</summary>
    public static double[] LengthsOf(SampledResponses responses) => [.. responses.Ids.Select(ids => (double)ids.Length)];

    /// <summary>r_LC of each response.</summary>
    public double[] Apply(double[] rewards, double[] lengths) => [.. rewards.Zip(lengths, (reward, length) => reward - (Slope * (length - ReferenceLength)))];

    // What the means of prompt and model leave: exact for a table in which every model has as many samples of every prompt.
    private static double[] Residuals(double[][] values, int samples)
    {
        var prompts = values[0].Length / samples;
        var all = values.Average(model => model.Average());
        var ofModel = values.Select(model => model.Average()).ToArray();
        var ofPrompt = Enumerable.Range(0, prompts).Select(prompt => values.Average(model => model.AsSpan(prompt * samples, samples).ToArray().Average())).ToArray();
        return [.. values.SelectMany((model, m) => model.Select((value, i) => value - ofModel[m] - ofPrompt[i / samples] + all))];
    }
}
