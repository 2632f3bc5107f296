using static TorchSharp.torch;

namespace Alignment.Objectives;

/// <summary>At which position of a response its score is paid.</summary>
public enum ScorePlacement
{
    /// <summary>On the last token of the response, so that it does not depend on the other rows of a batch.</summary>
    LastToken,

    /// <summary>TRL's place: one position after the last token where the batch is wide enough, else on the last token.</summary>
    AfterLastToken,
}

/// <summary>The reward of every token in reinforcement from human feedback: Ziegler et al. 2019, arXiv:1909.08593, Eq. 2.</summary>
public static class TokenRewards
{
    /// <summary>reward_t = −β·kl_t, plus the score at the position that <paramref name="placement"/> names.</summary>
    /// <param name="kl">[B, R], the divergence from the reference at each token; ignored past a row's length.</param>
    /// <param name="scores">[B], the score of each whole response.</param>
    /// <param name="lengths">Response lengths in tokens, each in 1..R.</param>
    /// <param name="klCoefficient">β ≥ 0.</param>
    /// <param name="placement">Where the score is paid.</param>
    /// <returns>[B, R], 0 past the end, owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">Shapes differ or a length lies outside 1..R.</exception>
    public static Tensor Compute(
        Tensor kl,
        Tensor scores,
        IReadOnlyList<int> lengths,
        double klCoefficient,
        ScorePlacement placement = ScorePlacement.LastToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(klCoefficient);
        TensorGuard.Vector(scores);
        var rows = (int)kl.shape[0];
        var width = (int)kl.shape[1];
        if (scores.shape[0] != rows || lengths.Count != rows)
        {
            throw new ArgumentException($"kl has {rows} rows, scores {scores.shape[0]}, lengths {lengths.Count}; they must agree", nameof(scores));
        }

        using var scope = NewDisposeScope();
        var places = new long[rows];
        for (var row = 0; row < rows; row++)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(lengths[row], 1, nameof(lengths));
            places[row] = placement == ScorePlacement.AfterLastToken && lengths[row] < width ? lengths[row] : lengths[row] - 1;
        }

        var outside = Masked.FromLengths(lengths, width, kl.device).logical_not(); // [B, R]
        var rewards = (-klCoefficient * kl).masked_fill(outside, 0);               // [B, R]
        var index = tensor(places, device: kl.device).unsqueeze(1);                // [B, 1]
        return rewards.scatter_add(1, index, scores.to_type(kl.dtype).unsqueeze(1)).MoveToOuterDisposeScope();
    }
}
