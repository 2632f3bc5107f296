using Alignment.Core.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Rollouts.Averaging;

/// <summary>Makes one policy of several that began alike: stages 2 and 3 of WARP, Ramé et al. 2024, arXiv:2406.16768.</summary>
public static class WeightMerging
{
    /// <summary>
    /// Spherical interpolation of what two policies learned, Eq. 3: θ₀ + sin((1 − λ)Ω)/sin Ω·δ₁ + sin(λΩ)/sin Ω·δ₂ with δ = θ − θ₀ and Ω the angle between
    /// δ₁ and δ₂; where they are parallel the straight line between them.
    /// </summary>
    /// <param name="init">θ₀, any shape.</param>
    /// <param name="first">θ₁, the same shape.</param>
    /// <param name="second">θ₂, the same shape.</param>
    /// <param name="share">λ, the second's share, from 0 to 1.</param>
    /// <returns>The same shape, float32, owned by the caller's dispose scope.</returns>
    public static Tensor Slerp(Tensor init, Tensor first, Tensor second, double share)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var start = init.to_type(ScalarType.Float64);
        var (a, b) = (first.to_type(ScalarType.Float64) - start, second.to_type(ScalarType.Float64) - start);
        var norms = a.square().sum().sqrt().ToDouble() * b.square().sum().sqrt().ToDouble();
        var angle = norms == 0 ? 0 : Math.Acos(Math.Clamp((a * b).sum().ToDouble() / norms, -1, 1));
        var sine = Math.Sin(angle);
        var (left, right) = sine < 1e-6 ? (1 - share, share) : (Math.Sin((1 - share) * angle) / sine, Math.Sin(share * angle) / sine);
        return (start + a * left + b * right).to_type(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>θ₀ + η·(merged − θ₀), tensor by tensor, where merged is the spherical mean of the policies: the m-th one joins with the share 1/m.</summary>
    /// <param name="init">θ₀; gets the result.</param>
    /// <param name="policies">At least one, of its architecture.</param>
    /// <param name="share">η, from 0 (θ₀) to 1 (merged).</param>
    /// <exception cref="InvalidDataException">A policy has other shapes.</exception>
    public static void Into(CausalLm init, IReadOnlyList<CausalLm> policies, double share)
    {
        using var noGrad = no_grad();
        var others = policies.Select(policy => policy.named_parameters().ToDictionary(item => item.name, item => item.parameter, StringComparer.Ordinal)).ToArray();
        foreach (var (name, parameter) in init.named_parameters())
        {
            using var scope = NewDisposeScope();
            var tensors = others.Select((other, i) => other.TryGetValue(name, out var found) && found.shape.AsSpan().SequenceEqual(parameter.shape)
                ? (Tensor)found
                : throw new InvalidDataException($"models[{i}] has no '{name}' of the shape that init has; merge models of one architecture")).ToArray();
            var merged = tensors[0].to_type(ScalarType.Float32);
            for (var m = 1; m < tensors.Length; m++)
            {
                merged = Slerp(parameter, merged, tensors[m], 1.0 / (m + 1));
            }

            parameter.add_((merged - parameter) * share);
        }
    }
}
