using static TorchSharp.torch;

namespace Alignment.Objectives;

/// <summary>Exploratory preference optimisation: Xie et al. 2024, arXiv:2405.21046, Algorithm 1: DPO on a response of the policy and one of the reference, and a bonus for leaving what the reference says.</summary>
public static class XpoLoss
{
    /// <summary>−log σ(βh) + α·log π(ỹ), with ỹ the reference's response; the ipo form has (h − 1/(2β))² first.</summary>
    /// <param name="policyOnOwn">log π of the policy's response, [B], with gradient.</param>
    /// <param name="policyOnReference">log π of the reference's response, [B], with gradient.</param>
    /// <param name="referenceOnOwn">log π_ref of the policy's response, [B].</param>
    /// <param name="referenceOnReference">log π_ref of the reference's response, [B].</param>
    /// <param name="ownIsBetter">[B], boolean: whether the policy's response won.</param>
    /// <param name="beta">β &gt; 0; 0.1 in TRL.</param>
    /// <param name="alpha">α; 1e-5 in TRL.</param>
    /// <param name="kind">Sigmoid or ipo.</param>
    /// <returns>The pairwise losses and the bonus terms, [B] each, owned by the caller's dispose scope; the loss is the mean of their sum.</returns>
    /// <exception cref="ArgumentException">Shapes differ or the reference carries gradient.</exception>
    public static (Tensor Pairwise, Tensor Bonus) Compute(
        Tensor policyOnOwn, Tensor policyOnReference, Tensor referenceOnOwn, Tensor referenceOnReference, Tensor ownIsBetter, double beta = 0.1, double alpha = 1e-5, DpoLossKind kind = DpoLossKind.Sigmoid)
    {
        using var scope = NewDisposeScope();
        var result = DpoLoss.Compute(
            OnlinePairs.Order(policyOnOwn, policyOnReference, ownIsBetter), OnlinePairs.Order(referenceOnOwn, referenceOnReference, ownIsBetter), beta, kind);
        return (result.Losses.MoveToOuterDisposeScope(), (alpha * policyOnReference).MoveToOuterDisposeScope());
    }
}
