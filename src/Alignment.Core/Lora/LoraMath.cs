using static TorchSharp.torch;

namespace Alignment.Core.Lora;

/// <summary>The formulas of LoRA (Hu et al. 2021, arXiv:2106.09685) and DoRA (Liu et al. 2024, arXiv:2402.09353) on weights [out, in]. No gradients.</summary>
internal static class LoraMath
{
    /// <summary>ΔW = scaling · B·A, [out, in].</summary>
    /// <param name="a">[r, in].</param>
    /// <param name="b">[out, r].</param>
    /// <param name="scaling">α/r or α/√r.</param>
    public static Tensor Delta(Tensor a, Tensor b, double scaling)
    {
        using var noGrad = no_grad();
        return b.mm(a).mul_(scaling);
    }

    /// <summary>‖W + ΔW‖ of each row, [out].</summary>
    public static Tensor RowNorms(Tensor weight, Tensor a, Tensor b, double scaling)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return Delta(a, b, scaling).add_(weight).norm(dim: 1).MoveToOuterDisposeScope();
    }

    /// <summary>W + ΔW, and with DoRA (m / ‖W + ΔW‖) ⊙ (W + ΔW) by rows; a new tensor [out, in].</summary>
    /// <param name="weight">[out, in].</param>
    /// <param name="a">[r, in].</param>
    /// <param name="b">[out, r].</param>
    /// <param name="scaling">α/r or α/√r.</param>
    /// <param name="magnitude">m, [out]; null without DoRA.</param>
    public static Tensor Merged(Tensor weight, Tensor a, Tensor b, double scaling, Tensor? magnitude)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var sum = Delta(a, b, scaling).add_(weight);
        if (magnitude is not null)
        {
            sum.mul_((magnitude / RowNorms(weight, a, b, scaling)).unsqueeze(1));
        }

        return sum.MoveToOuterDisposeScope();
    }
}
