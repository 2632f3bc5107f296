using Alignment.Data.Rows;

namespace Alignment.Ppo;

/// <summary>A response that the policy sampled.</summary>
/// <param name="Prompt">What it answers.</param>
/// <param name="Response">Its tokens, EOS included; at least one.</param>
/// <param name="SampledLogProbs">log π of each token at the sampling temperature, as the sampler saw it, in nats.</param>
/// <param name="Ended">Whether it ended by EOS and was not cut.</param>
internal sealed record Rollout(PromptExample Prompt, int[] Response, float[] SampledLogProbs, bool Ended)
{
    /// <summary>Tokens of prompt and response.</summary>
    public int Length => Prompt.Prompt.Length + Response.Length;
}
