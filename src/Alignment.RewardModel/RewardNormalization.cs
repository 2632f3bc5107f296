using Alignment.Core.Checkpoints;
using Alignment.Core.Generation;
using Alignment.Core.Lora;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Data.Collation;
using Alignment.Data.Rows;
using Alignment.Data.Tokenization;
using Alignment.Training.Loops;

namespace Alignment.RewardModel;

/// <summary>The responses on which the reward is to have mean 0 and variance 1, and the two numbers that do it.</summary>
internal static class RewardNormalization
{
    /// <summary>Refuses, before anything is trained, a model that cannot sample.</summary>
    /// <param name="options">The stage's options.</param>
    /// <param name="tokenizer">Of the model that is trained.</param>
    /// <exception cref="InvalidDataException">A reward model, or a model with another tokenizer.</exception>
    public static void Check(RewardModelOptions options, TextTokenizer tokenizer)
    {
        if (options.Normalization.Prompts.Count == 0)
        {
            return;
        }

        var folder = options.Normalization.Model ?? options.Model;
        if (ModelConfig.Load(folder).Architecture?.EndsWith("ForSequenceClassification", StringComparison.Ordinal) == true)
        {
            throw new InvalidDataException(
                $"{folder}: is a reward model, which cannot respond to normalization.prompts; name a language model in normalization.model, or leave the prompts out to scale on the training responses");
        }

        if (TextTokenizer.Load(AdapterFolder.Chain(folder)).Fingerprint != tokenizer.Fingerprint)
        {
            throw new InvalidDataException($"{folder}: has another tokenizer than '{options.Model}'; the responses would be read as other text. Give a model with the same tokenizer.json");
        }
    }

    /// <summary>Samples responses; which prompts and which tokens is a function of the seed.</summary>
    /// <param name="options">The stage's options.</param>
    /// <param name="prompts">At least one.</param>
    /// <param name="seed">The stage's.</param>
    /// <param name="cancel">Checked before each token.</param>
    /// <returns>The responses, and how many of them ended by themselves.</returns>
    public static (IReadOnlyList<PromptedResponse> Responses, int Finished) Sample(
        RewardModelOptions options, IReadOnlyList<PromptExample> prompts, long seed, CancellationToken cancel)
    {
        var (normalization, folder) = (options.Normalization, options.Normalization.Model ?? options.Model);
        using var model = ModelFolder.LoadCausalLm(folder, Devices.Parse(options.Training.Device), options.Training.Dtype.ToScalarType());
        var sampling = new SamplingOptions
        {
            MaxNewTokens = normalization.MaxNewTokens,
            Temperature = normalization.Temperature,
            StopIds = ModelFolder.StopIds(folder),
        };
        var order = DataOrder.Permutation(prompts.Count, Seeds.Derive(seed, "normalization/prompts"), epoch: 0);
        int[][] taken = [.. Enumerable.Range(0, normalization.Samples).Select(i => prompts[order[i % order.Length]].Prompt)];
        long[] seeds = [.. Enumerable.Range(0, normalization.Samples).Select(i => Seeds.Derive(seed, $"normalization/{i}"))];
        var responses = new TextGenerator(model, sampling).Generate(taken, seeds, cancel);
        return (
            [.. taken.Zip(responses, (prompt, response) => new PromptedResponse(prompt, response.Ids))],
            responses.Count(response => response.Finish == FinishReason.StopToken));
    }

    /// <summary>All responses of every group, in their order.</summary>
    public static IReadOnlyList<PromptedResponse> ResponsesOf(IEnumerable<ResponseGroup> groups) =>
        [.. groups.SelectMany(group => group.Responses.Select(response => new PromptedResponse(group.Prompt, response)))];

    /// <summary>An ensemble whose heads have mean 0 on the samples, with the moments of every way to put them together.</summary>
    /// <param name="ensemble">Says how the heads are put together.</param>
    /// <param name="heads">For each sample what each head says, as it comes.</param>
    /// <param name="keepOffsets">Whether the heads' zeros mean something, as those of ratings do, and stay.</param>
    /// <exception cref="InvalidDataException">The rewards are all the same.</exception>
    public static RewardEnsemble Scaled(RewardEnsemble ensemble, double[][] heads, bool keepOffsets)
    {
        double[] offsets = [.. Enumerable.Range(0, heads[0].Length).Select(head => keepOffsets ? 0 : heads.Average(row => row[head]))];
        double[][] members = [.. heads.Select(row => row.Zip(offsets, (raw, offset) => raw - offset).ToArray())];
        return ensemble with
        {
            Offsets = offsets,
            Moments = Enum.GetValues<RewardAggregation>().ToDictionary(
                aggregation => aggregation, aggregation => Moments([.. members.Select(row => RewardEnsemble.Aggregate(row, aggregation, ensemble.Confidence))])),
        };
    }

    /// <summary>Mean and standard deviation (over n, so that the variance on these very rewards becomes 1).</summary>
    /// <exception cref="InvalidDataException">The rewards are all the same, so nothing can scale them.</exception>
    public static (double Mean, double Std) Moments(IReadOnlyList<double> rewards)
    {
        var mean = rewards.Average();
        var std = Math.Sqrt(rewards.Average(reward => (reward - mean) * (reward - mean)));
        return std > 0 && double.IsFinite(std)
            ? (mean, std)
            : throw new InvalidDataException(
                FormattableString.Invariant($"the {rewards.Count} responses that scale the reward all score {mean}; give more prompts, a temperature above 0, or leave normalization.prompts out"));
    }
}
