namespace Alignment.Core.Memory;

/// <summary>How many tokens a micro-batch may have, told from the rows that micro-batches are drawn from.</summary>
public static class MicroBatchTokens
{
    private const double Deviations = 3; // one micro-batch in a thousand has more

    /// <summary>Of rows drawn by chance: B · mean + 3 · √B · σ of their tokens, and no more than B times the longest. Of rows grouped by length: the tokens of the B longest.</summary>
    /// <param name="tokens">Of each row; where rows share a beginning, of each group of them, with the beginning once. At least one.</param>
    /// <param name="count">B: rows, or groups, of a micro-batch.</param>
    /// <param name="grouped">Whether micro-batches are made of rows of like length.</param>
    public static long Most(IReadOnlyCollection<int> tokens, int count, bool grouped = false)
    {
        if (grouped)
        {
            return tokens.OrderDescending().Take(count).Sum(number => (long)number);
        }

        var mean = tokens.Average();
        var deviation = Math.Sqrt(tokens.Average(number => (number - mean) * (number - mean)));
        return Math.Min((long)count * tokens.Max(), (long)Math.Ceiling((count * mean) + (Deviations * Math.Sqrt(count) * deviation)));
    }
}
