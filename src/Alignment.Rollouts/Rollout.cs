using Alignment.Data.Rows;

namespace Alignment.Rollouts;

/// <summary>A response that the policy sampled.</summary>
/// <param name="Prompt">What it answers.</param>
/// <param name="Response">Its tokens, EOS included; at least one.</param>
/// <param name="SampledLogProbs">log π of each token at the sampling temperature, as the sampler saw it, in nats.</param>
/// <param name="Ended">Whether it ended by EOS and was not cut.</param>
public sealed record Rollout(PromptExample Prompt, int[] Response, float[] SampledLogProbs, bool Ended)
{
    /// <summary>Tokens of prompt and response.</summary>
    public int Length => Prompt.Prompt.Length + Response.Length;

    /// <summary>Prompts and responses side by side, right-padded to the longest.</summary>
    /// <param name="rollouts">All of them.</param>
    /// <param name="rows">Which ones.</param>
    /// <param name="padId">Fills shorter rows; what is padding follows from the lengths.</param>
    /// <returns>Ids, row by row, B·T of them, and the tokens of each row.</returns>
    public static (long[] Ids, int[] Lengths) Padded(IReadOnlyList<Rollout> rollouts, IReadOnlyList<int> rows, int padId)
    {
        var lengths = rows.Select(row => rollouts[row].Length).ToArray();
        var width = lengths.Max(); // T
        var ids = new long[rows.Count * width];
        for (var i = 0; i < rows.Count; i++)
        {
            var rollout = rollouts[rows[i]];
            var line = ids.AsSpan(i * width, width);
            line.Fill(padId);
            Copy(rollout.Prompt.Prompt, line);
            Copy(rollout.Response, line[rollout.Prompt.Prompt.Length..]);
        }

        return (ids, lengths);
    }

    private static void Copy(int[] from, Span<long> to)
    {
        for (var i = 0; i < from.Length; i++)
        {
            to[i] = from[i];
        }
    }
}
