using Alignment.Rollouts;

namespace Alignment.OnlineDpo;

/// <summary>Two responses to one prompt, as rows of a <see cref="RolloutBatch"/>.</summary>
/// <param name="First">One of them; with XPO the policy's.</param>
/// <param name="Second">The other; with XPO the reference's.</param>
/// <param name="FirstIsBetter">Which one is the chosen one; the first where the scores are equal, as in TRL.</param>
internal readonly record struct ResponsePair(int First, int Second, bool FirstIsBetter)
{
    /// <summary>The better response's row.</summary>
    public int Chosen => FirstIsBetter ? First : Second;

    /// <summary>The worse response's row.</summary>
    public int Rejected => FirstIsBetter ? Second : First;

    /// <summary>The two responses to each prompt as they stand.</summary>
    /// <param name="scores">Of 2 responses to each prompt, side by side.</param>
    public static ResponsePair[] AsDrawn(IReadOnlyList<float> scores) =>
        [.. Enumerable.Range(0, scores.Count / 2).Select(i => new ResponsePair(2 * i, (2 * i) + 1, scores[2 * i] >= scores[(2 * i) + 1]))];

    /// <summary>The best and the worst of each prompt's responses; of equal ones the first is the best, the last the worst.</summary>
    /// <param name="scores">Of n ≥ 2 responses to each prompt, side by side.</param>
    /// <param name="n">Responses to a prompt.</param>
    public static ResponsePair[] BestAndWorst(IReadOnlyList<float> scores, int n)
    {
        var pairs = new ResponsePair[scores.Count / n];
        for (var i = 0; i < pairs.Length; i++)
        {
            var (best, worst) = (i * n, (i * n) + n - 1);
            for (var row = i * n; row < (i + 1) * n; row++)
            {
                best = scores[row] > scores[best] ? row : best;
            }

            for (var row = (i * n) + n - 1; row >= i * n; row--)
            {
                worst = scores[row] < scores[worst] ? row : worst;
            }

            pairs[i] = new(best, worst, FirstIsBetter: true);
        }

        return pairs;
    }
}
