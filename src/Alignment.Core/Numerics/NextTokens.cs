using Alignment.Core.Models;
using static TorchSharp.torch;

namespace Alignment.Core.Numerics;

/// <summary>A model's distributions over the next token at some places, before anything is computed of them.</summary>
/// <param name="Hidden">[N, D].</param>
/// <param name="Weight">[V, D]: the output layer.</param>
/// <param name="Bias">[V], or null.</param>
/// <param name="ComputeType">Type of the matrix products.</param>
/// <param name="SoftCap">As in <see cref="TokenLogProbs.Compute"/>.</param>
public sealed record NextTokens(Tensor Hidden, Tensor Weight, Tensor? Bias, ScalarType ComputeType, double? SoftCap)
{
    /// <summary>Those of a model, its adapter on or off as it is now.</summary>
    /// <param name="model">Its output layer is taken.</param>
    /// <param name="hidden">[N, D], from <see cref="TargetBatch.Hidden"/>.</param>
    public static NextTokens Of(CausalLm model, Tensor hidden) => new(hidden, model.OutputWeight, model.OutputBias, model.ComputeType, model.Config.LogitSoftCap);

    /// <summary>log p over the vocabulary of some of the places.</summary>
    /// <returns>[n, V], float32 or wider.</returns>
    internal Tensor LogProbs(Tensor matrix, long from, long count, double temperature) =>
        VocabularyLogits.Of(Hidden.narrow(0, from, count).to(ComputeType), matrix, Bias, temperature, SoftCap).log_softmax(-1);
}
