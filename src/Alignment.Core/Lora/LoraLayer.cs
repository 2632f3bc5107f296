using Alignment.Core.Models;
using Alignment.Core.Numerics;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Alignment.Core.Lora;

/// <summary>
/// The update of one projection: y = W·x + b + scaling · B·A·drop(x); with DoRA y = s ⊙ (W·x + scaling · B·A·x) + b with s = m / ‖W + ΔW‖,
/// where the norm takes no gradient (Section 4.3 of its paper).
/// </summary>
internal sealed class LoraLayer
{
    /// <summary>Draws A; B is zero, so that the update begins as nothing.</summary>
    /// <param name="config">Rank, scale, dropout.</param>
    /// <param name="projection">What is updated; its weight is read with DoRA.</param>
    /// <param name="seed">Of the adapter; each projection draws numbers of its own.</param>
    /// <param name="device">Where the parameters go.</param>
    public LoraLayer(LoraConfig config, Projection projection, long seed, Device device)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var generator = new Generator((ulong)Seeds.Derive(seed, $"lora/{projection.Name}"), CPU);
        var rank = config.RankOf(projection.Name);
        Scaling = config.ScalingOf(projection.Name);
        Dropout = config.Dropout;

        // Kaiming-uniform with a = √5 is U(−1/√in, 1/√in); drawn on the CPU, so that a seed means the same on every device.
        var bound = 1 / Math.Sqrt(projection.Inputs);
        A = new LoraFactor(empty([rank, projection.Inputs], dtype: ScalarType.Float32, device: CPU).uniform_(-bound, bound, generator).to(device));
        B = new LoraFactor(zeros([projection.Outputs, rank], dtype: ScalarType.Float32, device: device));
        if (config.Dora)
        {
            Magnitude = new Parameter(LoraMath.RowNorms(projection.Matrix(), A.Weight, B.Weight, Scaling));
            Magnitude.DetachFromDisposeScope();
        }
    }

    /// <summary>[r, in].</summary>
    public LoraFactor A { get; }

    /// <summary>[out, r].</summary>
    public LoraFactor B { get; }

    /// <summary>m of DoRA, [out]; null without.</summary>
    public Parameter? Magnitude { get; }

    /// <summary>α/r or α/√r.</summary>
    public double Scaling { get; }

    /// <summary>A probability.</summary>
    public double Dropout { get; }

    /// <summary>Off while the base model alone is asked, and while the update is in the weight itself.</summary>
    public bool IsOn { get; set; } = true;

    /// <summary>The projection's output with its update.</summary>
    /// <param name="input">x, [..., in] in the compute type.</param>
    /// <param name="output">W·x + b, [..., out].</param>
    /// <param name="projection">Gives W for DoRA.</param>
    /// <param name="mode">The model's.</param>
    /// <returns>[..., out].</returns>
    public Tensor Apply(Tensor input, Tensor output, Projection projection, ComputeMode mode)
    {
        using var scope = NewDisposeScope();
        var dropped = mode.Dropout(input, Dropout, projection.training);
        var inner = nn.functional.linear(mode.Convert(dropped), mode.Weight(A.Weight)) * Scaling; // [..., r]
        var update = nn.functional.linear(inner, mode.Weight(B.Weight));                          // [..., out]
        if (Magnitude is null)
        {
            return (output + update).MoveToOuterDisposeScope();
        }

        // As PEFT: what the dropout leaves of x goes through W once more; without dropout W·x is there already.
        var plain = ReferenceEquals(dropped, input)
            ? projection.Bias is { } bias ? output - mode.Weight(bias) : output
            : projection.Multiply(mode.Convert(dropped), withBias: false);
        var scale = Magnitude / LoraMath.RowNorms(projection.Matrix(), A.Weight, B.Weight, Scaling); // [out]
        return (output + (mode.Convert(scale - 1) * plain) + (mode.Convert(scale) * update)).MoveToOuterDisposeScope();
    }

    /// <summary>The weight with the update in it, [out, in].</summary>
    /// <param name="matrix">W, [out, in].</param>
    public Tensor Merged(Tensor matrix) => LoraMath.Merged(matrix, A.Weight, B.Weight, Scaling, Magnitude);

    /// <summary>The weight without it; undoes <see cref="Merged"/> within float error.</summary>
    /// <param name="merged">[out, in].</param>
    /// <param name="norms">‖W + ΔW‖ as it was when it was merged, [out]; null without DoRA.</param>
    public Tensor Unmerged(Tensor merged, Tensor? norms)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var sum = norms is null ? merged : merged * (norms / Magnitude!).unsqueeze(1);
        return (sum - LoraMath.Delta(A.Weight, B.Weight, Scaling)).MoveToOuterDisposeScope();
    }
}
