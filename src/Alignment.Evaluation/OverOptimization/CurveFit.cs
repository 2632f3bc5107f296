namespace Alignment.Evaluation.OverOptimization;

/// <summary>
/// The reward above the reference's as a function of d = √KL, in the forms of Gao et al. 2022, arXiv:2210.10760, Section 3.1: d(α − β d) for best-of-n,
/// d(α − β log d) for reinforcement learning. Least squares.
/// </summary>
/// <param name="Run">Which run.</param>
/// <param name="Measure">Key of the reward.</param>
/// <param name="Form">The formula.</param>
/// <param name="Alpha">α: the slope at the start.</param>
/// <param name="Beta">β: above 0 it bends down.</param>
/// <param name="RSquared">Share of the variance of the points that it explains.</param>
internal sealed record CurveFit(string Run, string Measure, string Form, double Alpha, double Beta, double RSquared)
{
    private const int FewestPoints = 4; // two parameters, and something left to be wrong about

    /// <summary>Fits a curve.</summary>
    /// <param name="run">The run's name.</param>
    /// <param name="measure">Key of the reward.</param>
    /// <param name="points">d and the reward above the reference's; points at d = 0 tell nothing.</param>
    /// <param name="bestOfN">Which of the forms.</param>
    /// <returns>Null with fewer than four points, or where they leave α and β open.</returns>
    public static CurveFit? Of(string run, string measure, IEnumerable<(double D, double Reward)> points, bool bestOfN)
    {
        var used = points.Where(point => point.D > 1e-6).ToList();
        if (used.Count < FewestPoints)
        {
            return null;
        }

        // Normal equations of y = α u + β v
        double V(double d) => bestOfN ? -d * d : -d * Math.Log(d);
        var (uu, uv, vv, uy, vy) = (0.0, 0.0, 0.0, 0.0, 0.0);
        foreach (var (d, y) in used)
        {
            (uu, uv, vv, uy, vy) = (uu + (d * d), uv + (d * V(d)), vv + (V(d) * V(d)), uy + (d * y), vy + (V(d) * y));
        }

        var determinant = (uu * vv) - (uv * uv);
        var mean = used.Average(point => point.Reward);
        var total = used.Sum(point => (point.Reward - mean) * (point.Reward - mean));
        if (determinant <= 1e-9 * uu * vv || total <= 0)
        {
            return null;
        }

        var (alpha, beta) = (((uy * vv) - (vy * uv)) / determinant, ((vy * uu) - (uy * uv)) / determinant);
        var left = used.Sum(point => Math.Pow(point.Reward - (alpha * point.D) - (beta * V(point.D)), 2));
        return new(run, measure, bestOfN ? "d(α − β d)" : "d(α − β log d)", alpha, beta, 1 - (left / total));
    }
}
