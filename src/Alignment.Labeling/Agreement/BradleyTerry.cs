using MathNet.Numerics.LinearAlgebra;

namespace Alignment.Labeling.Agreement;

/// <summary>
/// Strengths θ of models from comparisons: P(i beats j) = σ(θ_i − θ_j) (Bradley and Terry 1952), a tie as half a win for each. Fitted by Newton's method with a weak pull
/// towards equal strengths, ½ λ Σ θ² with λ = 0.01, so that a model that never lost has a finite strength.
/// </summary>
public static class BradleyTerry
{
    /// <summary>Points of Elo's scale for one unit of θ: 400 / ln 10. Ten times the odds are 400 points.</summary>
    public const double EloPerUnit = 173.71779276130073;

    /// <summary>What the mean model has on Elo's scale.</summary>
    public const double EloMean = 1000;

    private const double Pull = 0.01;
    private const int MostSteps = 50;
    private const double Small = 1e-9;
    private const double LongestStep = 2;

    /// <summary>Fits the strengths.</summary>
    /// <param name="wins">[M, M]: how often the row's model beat the column's; ties are half in both places.</param>
    /// <returns>M strengths whose sum is 0.</returns>
    public static double[] Fit(double[,] wins)
    {
        ArgumentNullException.ThrowIfNull(wins);
        var models = wins.GetLength(0);
        var strengths = Vector<double>.Build.Dense(models);
        for (var step = 0; step < MostSteps; step++)
        {
            var gradient = strengths * -Pull;
            var curvature = Matrix<double>.Build.DenseDiagonal(models, Pull);
            for (var i = 0; i < models; i++)
            {
                for (var j = i + 1; j < models; j++)
                {
                    var met = wins[i, j] + wins[j, i];
                    if (met == 0)
                    {
                        continue;
                    }

                    var p = 1 / (1 + Math.Exp(strengths[j] - strengths[i]));
                    var surprise = wins[i, j] - (met * p);
                    gradient[i] += surprise;
                    gradient[j] -= surprise;
                    var weight = met * p * (1 - p);
                    curvature[i, i] += weight;
                    curvature[j, j] += weight;
                    curvature[i, j] -= weight;
                    curvature[j, i] -= weight;
                }
            }

            var move = curvature.Cholesky().Solve(gradient);
            var longest = move.AbsoluteMaximum();
            strengths += longest > LongestStep ? move * (LongestStep / longest) : move;
            if (longest < Small)
            {
                break;
            }
        }

        return [.. strengths - strengths.Average()];
    }
}
