namespace Alignment.Rollouts;

/// <summary>How much of a response is said again.</summary>
public static class Repetition
{
    private const int Run = 4;

    /// <summary>
    /// 1 − |distinct 4-grams| / |4-grams| of the tokens: seq-rep-4 of Welleck et al. 2019, arXiv:1908.04319. 0 where no run of four tokens
    /// stands twice, towards 1 where one phrase is all there is.
    /// </summary>
    /// <param name="response">Ids, EOS included.</param>
    /// <returns>0 with fewer than four tokens.</returns>
    public static double Of(int[] response)
    {
        ArgumentNullException.ThrowIfNull(response);
        var runs = response.Length - Run + 1;
        if (runs < 1)
        {
            return 0;
        }

        var distinct = new HashSet<(int, int, int, int)>();
        for (var i = 0; i < runs; i++)
        {
            distinct.Add((response[i], response[i + 1], response[i + 2], response[i + 3]));
        }

        return 1 - ((double)distinct.Count / runs);
    }
}
