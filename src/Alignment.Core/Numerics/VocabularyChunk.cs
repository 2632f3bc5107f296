using Alignment.Core.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Numerics;

/// <summary>
/// What is asked of one chunk of logits: by a kernel in one pass over them, or by libtorch's operators. Both read and write the same logits.
/// </summary>
/// <param name="settings">Temperature, cap, compute type.</param>
/// <param name="hidden">[N, D], whose type is that of the results.</param>
/// <param name="matrix">[V, D], from <see cref="Matrix"/>.</param>
/// <param name="bias">[V], or null.</param>
internal sealed unsafe class VocabularyChunk(TokenLogProbsSettings settings, Tensor hidden, Tensor matrix, Tensor? bias)
{
    private readonly bool _fused = settings.SoftCap is null && bias is null && NativeKernels.Fits(matrix) && hidden.dtype == ScalarType.Float32;

    private readonly bool _multiplies = Multiplies(settings, hidden, matrix, bias);

    /// <summary>The output layer in the compute type, or the parameter itself where the products read that.</summary>
    /// <param name="settings">Cap, compute type.</param>
    /// <param name="hidden">[N, D].</param>
    /// <param name="weight">[V, D].</param>
    /// <param name="bias">[V], or null.</param>
    public static Tensor Matrix(TokenLogProbsSettings settings, Tensor hidden, Tensor weight, Tensor? bias) =>
        Multiplies(settings, hidden, weight, bias) ? weight : weight.to(settings.ComputeType);

    // A frozen model's weight may be rounded already.
    private static bool Multiplies(TokenLogProbsSettings settings, Tensor hidden, Tensor weight, Tensor? bias) =>
        (weight.dtype == ScalarType.Float32 || !weight.requires_grad) && settings.SoftCap is null && bias is null
        && hidden.dtype == ScalarType.Float32 && hidden.is_contiguous() && MatrixProduct.Fits(hidden, settings.ComputeType, weight);

    /// <summary>[n, V]: for the kernel W·h in the compute type, else the logits as <see cref="VocabularyLogits.Of"/> gives them.</summary>
    /// <param name="rows">[n, D] in the compute type.</param>
    public Tensor Logits(Tensor rows)
    {
        if (!_multiplies)
        {
            return _fused ? rows.mm(matrix.t()) : VocabularyLogits.Of(rows, matrix, bias, settings.Temperature, settings.SoftCap);
        }

        var logits = empty([rows.size(0), matrix.size(0)], dtype: settings.ComputeType);
        MatrixProduct.Write(rows, false, matrix, true, logits);
        return logits;
    }

    /// <summary>Writes slope · W, the gradient of the hidden states.</summary>
    /// <param name="slope">[n, V] in the compute type.</param>
    /// <param name="into">[n, D].</param>
    public void HiddenGradient(Tensor slope, Tensor into)
    {
        if (_multiplies)
        {
            MatrixProduct.Write(slope, false, matrix, false, into);
        }
        else
        {
            into.copy_(slope.mm(matrix));
        }
    }

    /// <summary>Adds slopeᵀ · h, the gradient of the output layer.</summary>
    /// <param name="slope">[n, V] in the compute type.</param>
    /// <param name="rows">[n, D] in the compute type.</param>
    /// <param name="type">Of the result.</param>
    /// <param name="sum">[V, D] of earlier chunks; null for the first.</param>
    /// <returns>The sum.</returns>
    public Tensor WeightGradient(Tensor slope, Tensor rows, ScalarType type, Tensor? sum)
    {
        if (_multiplies)
        {
            var total = sum ?? empty_like(matrix);
            MatrixProduct.Write(slope, true, rows, false, total, added: sum);
            return total;
        }

        if (sum is null)
        {
            return slope.t().mm(rows).to(type);
        }

        return slope.dtype == sum.dtype ? sum.addmm_(slope.t(), rows) : sum.add_(slope.t().mm(rows));
    }

    /// <summary>Writes what the forward pass gives.</summary>
    /// <param name="logits">From <see cref="Logits"/>.</param>
    /// <param name="targets">[n] Int64.</param>
    /// <param name="into">[n] each.</param>
    public void Score(Tensor logits, Tensor targets, TokenScores into)
    {
        if (_fused)
        {
            NativeKernels.ak_head_statistics(
                NativeKernels.Pointer(logits), NativeKernels.TypeOf(logits), NativeKernels.Pointer(targets), logits.size(0), logits.size(1), (float)(1 / settings.Temperature),
                NativeKernels.Pointer(into.Normalizer), NativeKernels.Pointer(into.LogProb), NativeKernels.Pointer(into.Entropy), NativeKernels.Pointer(into.Correct), NativeKernels.Pointer(into.MeanLogit));
            return;
        }

        var wanted = targets.unsqueeze(1); // [n, 1]
        var normalizer = logits.logsumexp(1); // [n]
        into.Normalizer.copy_(normalizer);
        into.LogProb.copy_(logits.gather(1, wanted).squeeze(1).sub_(normalizer));
        if (into.Entropy is not null)
        {
            into.MeanLogit!.copy_(logits.mean([1]));
            into.Correct!.copy_(logits.argmax(1).eq(targets));

            // p · log p; a log-prob of −∞ has p = 0 and counts as 0.
            var logProbs = logits - normalizer.unsqueeze(1);
            into.Entropy.copy_(logProbs.exp().mul_(logProbs.clamp_(min: (Scalar)(-1e30))).sum(1).neg_());
        }
    }

    /// <summary>∂L/∂z = g · (onehot(target) − softmax(z)), times the cap's slope where there is one, in the compute type; the logits are used up.</summary>
    /// <param name="logits">From <see cref="Logits"/>.</param>
    /// <param name="targets">[n] Int64.</param>
    /// <param name="normalizers">[n].</param>
    /// <param name="upstream">[n]: g, divided by the temperature.</param>
    public Tensor Slope(Tensor logits, Tensor targets, Tensor normalizers, Tensor upstream)
    {
        if (_fused)
        {
            NativeKernels.ak_head_gradient(
                NativeKernels.Pointer(logits), NativeKernels.TypeOf(logits), NativeKernels.Pointer(targets), NativeKernels.Pointer(normalizers), NativeKernels.Pointer(upstream),
                logits.size(0), logits.size(1), (float)(1 / settings.Temperature));
            return logits;
        }

        var slope = upstream.unsqueeze(1); // [n, 1]
        var bend = settings.SoftCap is { } cap ? VocabularyLogits.CapSlope(logits, settings.Temperature, cap) : null; // [n, V]
        logits.sub_(normalizers.unsqueeze(1)).exp_().mul_(-slope); // −g · p
        logits.scatter_add_(1, targets.unsqueeze(1), slope); // + g at the target
        return bend is null ? logits : logits.mul_(bend);
    }
}
