namespace Alignment.Core.Generation;

/// <summary>How tokens are drawn. The defaults sample from the model's own distribution; the filters apply in the order of the members.</summary>
public sealed record SamplingOptions
{
    /// <summary>The most tokens a response may have, the stop token included.</summary>
    public int MaxNewTokens { get; init; } = 128;

    /// <summary>
    /// Divides the logits of tokens already present (prompt or response) when positive and multiplies them when negative; 1 does
    /// nothing (Keskar et al. 2019, CTRL, arXiv:1909.05858, Section 4.1).
    /// </summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Divides the logits; 0 takes the most likely token.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Keeps the k most likely tokens; 0 keeps all (Fan et al. 2018, arXiv:1805.04833).</summary>
    public int TopK { get; init; }

    /// <summary>Keeps the smallest set of most likely tokens whose probability reaches this; 1 keeps all (Holtzman et al. 2019, arXiv:1904.09751).</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Keeps tokens at least this share as likely as the most likely one; 0 keeps all (Nguyen et al. 2024, arXiv:2407.01082).</summary>
    public double MinP { get; init; }

    /// <summary>Tokens that end a response; they stay in it.</summary>
    public IReadOnlyList<int> StopIds { get; init; } = [];

    /// <summary>Texts that end a response as soon as its decoded text holds one; the tokens stay in it.</summary>
    public IReadOnlyList<string> StopStrings { get; init; } = [];

    /// <summary>Whether any filter changes the distribution beyond the temperature. Rollouts of PPO refuse those: their log-probabilities would be of another policy.</summary>
    public bool Truncates => RepetitionPenalty != 1 || TopK > 0 || TopP < 1 || MinP > 0;

    /// <summary>Every option out of range, in words; empty when all is well.</summary>
    /// <returns>One sentence per problem.</returns>
    public IEnumerable<string> Problems()
    {
        if (MaxNewTokens < 1)
        {
            yield return $"max_new_tokens: must be at least 1, got {MaxNewTokens}";
        }

        if (!(Temperature >= 0) || double.IsInfinity(Temperature))
        {
            yield return $"temperature: must be 0 (greedy) or positive, got {Temperature}";
        }

        if (TopK < 0)
        {
            yield return $"top_k: must be 0 (off) or positive, got {TopK}";
        }

        if (TopP is not (> 0 and <= 1))
        {
            yield return $"top_p: must be in (0, 1], got {TopP}";
        }

        if (MinP is not (>= 0 and < 1))
        {
            yield return $"min_p: must be in [0, 1), got {MinP}";
        }

        if (!(RepetitionPenalty > 0))
        {
            yield return $"repetition_penalty: must be positive, got {RepetitionPenalty}";
        }
    }
}
