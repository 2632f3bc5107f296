using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Alignment.Training.Optimization;

/// <summary>Makes the optimizer that all stages use.</summary>
public static class OptimizerFactory
{
    /// <summary>
    /// AdamW with decoupled weight decay (Loshchilov and Hutter 2019, arXiv:1711.05101, Algorithm 2) in two groups: matrices decay;
    /// what has one dimension or none (norm weights, biases) does not.
    /// </summary>
    /// <param name="parameters">What is trained; one that is listed twice, as tied weights are, counts once, and one without gradient not at all.</param>
    /// <param name="weightDecay">Decay of the first group.</param>
    /// <param name="beta1">β₁.</param>
    /// <param name="beta2">β₂.</param>
    /// <param name="epsilon">ε.</param>
    /// <returns>The optimizer; its learning rate is set at each step by <see cref="GradientStep"/>.</returns>
    public static AdamW AdamW(IEnumerable<Parameter> parameters, double weightDecay, double beta1, double beta2, double epsilon)
    {
        var trained = Trained(parameters);
        AdamW.ParamGroup Group(IEnumerable<Parameter> members, double decay) =>
            new(members, lr: 0, beta1: beta1, beta2: beta2, eps: epsilon, weight_decay: decay);
        AdamW.ParamGroup[] groups =
        [
            Group([.. trained.Where(parameter => parameter.dim() > 1)], weightDecay),
            Group([.. trained.Where(parameter => parameter.dim() <= 1)], 0),
        ];
        return optim.AdamW(groups.Where(group => group.Parameters.Any()), lr: 0, beta1: beta1, beta2: beta2, eps: epsilon, weight_decay: 0);
    }

    /// <summary>The parameters that are trained, each once, in their first order.</summary>
    /// <param name="parameters">Parameters, perhaps tied, perhaps frozen.</param>
    public static IReadOnlyList<Parameter> Trained(IEnumerable<Parameter> parameters) =>
        [.. parameters.Where(parameter => parameter.requires_grad).DistinctBy(parameter => parameter.Handle)];
}
