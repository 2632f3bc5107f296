using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Data.Collation;
using Alignment.Data.Rows;
using Alignment.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Dpo;

/// <summary>
/// BCO's weights of bad responses (Jung et al. 2024, arXiv:2404.04656, Section 3.3): p / (1 − p), p the probability that a prompt is one of the good responses'. The
/// classifier reads the mean of the model's last hidden states over a prompt, before anything is trained.
/// </summary>
internal static class DensityRatios
{
    /// <summary>The weights of both sets; the classifier learns from prompts that are trained on.</summary>
    /// <param name="options">Sample, bounds.</param>
    /// <param name="model">As it was loaded; its adapter is off meanwhile.</param>
    /// <param name="train">Labelled responses.</param>
    /// <param name="eval">Held-out ones.</param>
    /// <param name="batchSize">Prompts side by side.</param>
    /// <param name="seed">The stage's; draws the sample.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <returns>A weight for each row; 1 for good responses.</returns>
    /// <exception cref="InvalidDataException">All rows are of one kind.</exception>
    public static (double[] Train, double[] Eval) Of(
        DensityRatioOptions options, CausalLm model, IReadOnlyList<PreferenceExample> train, IReadOnlyList<PreferenceExample> eval, int batchSize, long seed, CancellationToken cancel)
    {
        using var off = model.Adapter?.Disable();
        int[] good = Sample(true), bad = Sample(false);
        if (good.Length == 0 || bad.Length == 0)
        {
            throw new InvalidDataException($"match_underlying_distribution compares prompts of good and of bad responses, but all rows are {(good.Length == 0 ? "bad" : "good")}; give both kinds, or leave it out");
        }

        var classifier = PromptClassifier.Fit(
            [.. Features(model, [.. good.Concat(bad).Select(row => train[row].Prompt)], batchSize, cancel)],
            [.. good.Select(_ => true), .. bad.Select(_ => false)]);
        return (Weights(train), Weights(eval));

        int[] Sample(bool isGood)
        {
            int[] rows = [.. Enumerable.Range(0, train.Count).Where(row => train[row].Label == 1 == isGood)];
            return [.. DataOrder.Permutation(rows.Length, Seeds.Derive(seed, $"density_ratio/{isGood}"), epoch: 0).Take(options.PromptSampleSize).Select(i => rows[i])];
        }

        double[] Weights(IReadOnlyList<PreferenceExample> rows)
        {
            var weights = Enumerable.Repeat(1.0, rows.Count).ToArray();
            int[] some = [.. Enumerable.Range(0, rows.Count).Where(row => rows[row].Label != 1)];
            foreach (var (row, features) in some.Zip(Features(model, [.. some.Select(row => rows[row].Prompt)], batchSize, cancel)))
            {
                using var scope = NewDisposeScope();
                weights[row] = BcoLoss.DensityRatio(tensor(classifier.Probability(features)), options.MinDensityRatio, options.MaxDensityRatio).ToDouble();
            }

            return weights;
        }
    }

    // Mean of the last hidden states over each prompt, in order.
    private static IEnumerable<double[]> Features(CausalLm model, IReadOnlyList<int[]> prompts, int batchSize, CancellationToken cancel)
    {
        var found = new double[prompts.Count][];
        foreach (var rows in Enumerable.Range(0, prompts.Count).OrderBy(row => prompts[row].Length).Chunk(batchSize))
        {
            cancel.ThrowIfCancellationRequested();
            Read(model, prompts, rows, found);
        }

        return found;
    }

    private static void Read(CausalLm model, IReadOnlyList<int[]> prompts, int[] rows, double[][] found)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var width = rows.Max(row => prompts[row].Length);
        var ids = new long[rows.Length * width];
        for (var i = 0; i < rows.Length; i++)
        {
            Array.Copy(Array.ConvertAll(prompts[rows[i]], id => (long)id), 0, ids, i * width, prompts[rows[i]].Length); // what follows no prompt token sees
        }

        if (rows.FirstOrDefault(row => prompts[row].Length == 0, -1) is >= 0 and var empty)
        {
            throw new InvalidDataException($"row {empty} has an empty prompt, which match_underlying_distribution cannot compare; remove the row, or leave the option out");
        }

        var hidden = model.Hidden(tensor(ids, [rows.Length, width]).SentTo(model.Device)).to(ScalarType.Float64); // [B, T, D]
        for (var i = 0; i < rows.Length; i++)
        {
            found[rows[i]] = hidden.select(0, i).narrow(0, 0, prompts[rows[i]].Length).mean([0]).cpu().data<double>().ToArray();
        }
    }
}
