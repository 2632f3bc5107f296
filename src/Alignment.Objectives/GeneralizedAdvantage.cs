using static TorchSharp.torch;

namespace Alignment.Objectives;

/// <summary>Generalized advantage estimation: Schulman et al. 2015, arXiv:1506.02438, Eq. 16.</summary>
public static class GeneralizedAdvantage
{
    /// <summary>Â_t = Σ_l (γλ)^l·δ_{t+l} with δ_t = r_t + γ·V_{t+1} − V_t and V = 0 after the last column; the return is Â_t + V_t.</summary>
    /// <param name="rewards">[B, R], r; 0 past the end of a response.</param>
    /// <param name="values">[B, R], V of the state before each token; 0 past the end.</param>
    /// <param name="gamma">γ in [0, 1], the discount.</param>
    /// <param name="lambda">λ in [0, 1], the bias-variance trade.</param>
    /// <returns>Advantages and returns, each [B, R], without gradient, owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">Shapes differ or a rate lies outside [0, 1].</exception>
    public static (Tensor Advantages, Tensor Returns) Compute(Tensor rewards, Tensor values, double gamma, double lambda)
    {
        TensorGuard.SameShape(rewards, values);
        CheckRate(gamma, nameof(gamma));
        CheckRate(lambda, nameof(lambda));

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var columns = (int)rewards.shape[1];
        var r = rewards.unbind(1L); // R × [B]
        var v = values.unbind(1L);  // R × [B]
        var advantages = new Tensor[columns];
        for (var t = columns - 1; t >= 0; t--)
        {
            var delta = r[t] - v[t];
            advantages[t] = t == columns - 1 ? delta : delta + gamma * v[t + 1] + gamma * lambda * advantages[t + 1];
        }

        var stacked = stack(advantages, 1); // [B, R]
        return (stacked.MoveToOuterDisposeScope(), (stacked + values).MoveToOuterDisposeScope());
    }

    private static void CheckRate(double rate, string name)
    {
        if (rate is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(name, rate, "must be in [0, 1]");
        }
    }
}
