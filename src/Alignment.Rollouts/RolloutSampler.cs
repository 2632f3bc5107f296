using System.Globalization;
using Alignment.Core.Generation;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Data.Rows;

namespace Alignment.Rollouts;

/// <summary>Draws responses; the chance of each is a function of the seed, the purpose and its place.</summary>
/// <param name="policy">In evaluation mode.</param>
/// <param name="sampling">Length, temperature, what ends a response.</param>
/// <param name="seed">The run's.</param>
public sealed class RolloutSampler(CausalLm policy, SamplingOptions sampling, long seed)
{
    /// <summary>The most responses side by side; more need more memory for keys and values.</summary>
    private const int MostRows = 64;

    private readonly TextGenerator _generator = new(policy, sampling, MostRows);

    /// <summary>One response for each prompt; a prompt that is named several times runs through the model once and gets several responses.</summary>
    /// <param name="prompts">The prompts.</param>
    /// <param name="purpose">Names the draw: equal names give equal chances.</param>
    /// <param name="cancel">Ends the sampling.</param>
    /// <exception cref="OperationCanceledException">Cancelled; nothing has changed.</exception>
    public Rollout[] Sample(IReadOnlyList<PromptExample> prompts, string purpose, CancellationToken cancel)
    {
        var seeds = Enumerable.Range(0, prompts.Count)
            .Select(i => Seeds.Derive(seed, string.Create(CultureInfo.InvariantCulture, $"sampling/{purpose}/{i}")));
        var responses = _generator.Generate([.. prompts.Select(prompt => prompt.Prompt)], [.. seeds], cancel);
        return [.. prompts.Zip(responses, (prompt, response) =>
            new Rollout(prompt, response.Ids, response.LogProbs, response.Finish == FinishReason.StopToken))];
    }
}
