using Alignment.Core.Models;
using static TorchSharp.torch;

namespace Alignment.Core.Numerics;

/// <summary>
/// A right-padded batch with the tokens that are to be predicted. Only the hidden states that predict them reach the vocabulary, so no
/// [B, T, V] tensor exists. The tensors belong to the scope in which the batch was made.
/// </summary>
/// <param name="Ids">[B, T] Int64.</param>
/// <param name="HiddenRows">[N] Int64: for each target the row of the flattened hidden states [B·T, D] that predicts it.</param>
/// <param name="TargetIds">[N] Int64: the tokens to be predicted.</param>
public sealed record TargetBatch(Tensor Ids, Tensor HiddenRows, Tensor TargetIds)
{
    private long[]? _ids;
    private long[]? _rows;
    private int[]? _starts;
    private (CausalLm Model, Tensor Hidden, Tensor OutputWeight)? _last; // the output layer that belongs to the hidden states

    /// <summary>Copies a batch to a device.</summary>
    /// <param name="ids">B·T token ids, row by row.</param>
    /// <param name="rows">B.</param>
    /// <param name="length">T.</param>
    /// <param name="hiddenRows">N rows of the flattened hidden states.</param>
    /// <param name="targetIds">N tokens.</param>
    /// <param name="device">Where to.</param>
    /// <param name="starts">Where rows hold several sequences: the places in the flattened rows at which one begins, in order, padding being one of its own. None sees another.</param>
    /// <returns>The batch.</returns>
    public static TargetBatch Of(long[] ids, int rows, int length, long[] hiddenRows, long[] targetIds, Device device, int[]? starts = null)
    {
        var sent = Devices.Send(device, ids, hiddenRows, targetIds);
        return new(sent[0].view(rows, length), sent[1], sent[2]) // [B, T], [N] and [N]
        {
            _ids = ids,
            _rows = hiddenRows,
            _starts = starts,
        };
    }

    /// <summary>The hidden states that predict the targets.</summary>
    /// <param name="model">Runs over the whole batch.</param>
    /// <returns>[N, D], with gradient where it is on.</returns>
    public Tensor Hidden(CausalLm model)
    {
        using var scope = NewDisposeScope();
        if (_ids is not null && _rows is { Length: > 0 } && model.Fuses(Ids.size(1)))
        {
            // What no target needs is left out: padding, the last tokens, a beginning that another row has, too.
            var packed = PackedSequences.Of(_ids, (int)Ids.size(1), _rows, model.Shares, _starts);
            return Run(packed.Ids, vectors => packed.Select(model.Hidden(packed, vectors), _rows));
        }

        var sequences = _starts is null ? null : RowSequences.Of(_starts, Ids.size(0), Ids.size(1));
        return Run(Ids, vectors =>
        {
            var hidden = model.HiddenOfRows(Ids, sequences, vectors); // [B, T, D]
            return hidden.view(-1, hidden.size(2)).index_select(0, HiddenRows);
        });

        Tensor Run(Tensor ids, Func<Tensor?, Tensor> select)
        {
            var (vectors, weight) = model.Share(ids);
            var hidden = select(vectors).MoveToOuterDisposeScope(); // [N, D]
            _last = vectors is null ? null : (model, hidden, weight.MoveToOuterDisposeScope());
            return hidden;
        }
    }

    /// <summary>log p of each target, in nats.</summary>
    /// <param name="model">Runs over the whole batch.</param>
    /// <param name="temperature">Divides the logits.</param>
    /// <returns>[N], with gradient where it is on.</returns>
    public Tensor LogProbs(CausalLm model, double temperature = 1)
    {
        using var scope = NewDisposeScope();
        return LogProbs(model, Hidden(model), temperature).MoveToOuterDisposeScope();
    }

    /// <summary>log p of each target from hidden states at hand, in nats.</summary>
    /// <param name="model">Its output layer is used.</param>
    /// <param name="hidden">[N, D], from <see cref="Hidden"/>.</param>
    /// <param name="temperature">Divides the logits.</param>
    /// <returns>[N], with gradient where it is on.</returns>
    public Tensor LogProbs(CausalLm model, Tensor hidden, double temperature = 1) =>
        TokenLogProbs.Compute(hidden, OutputWeight(model, hidden), TargetIds, temperature, model.OutputBias, computeType: model.ComputeType, softCap: model.Config.LogitSoftCap);

    /// <summary>log Σ_v p(v)² where each target is predicted, without gradient.</summary>
    /// <param name="model">Its output layer is used.</param>
    /// <param name="hidden">[N, D], from <see cref="Hidden"/>.</param>
    /// <returns>[N], float64.</returns>
    public Tensor LogSumSquares(CausalLm model, Tensor hidden) =>
        TokenConcentration.LogSumSquares(hidden, model.OutputWeight, model.OutputBias, computeType: model.ComputeType, softCap: model.Config.LogitSoftCap);

    /// <summary>log p of each target with its gradient, and what the metrics say about it, from one pass over the vocabulary.</summary>
    /// <param name="model">Its output layer is used.</param>
    /// <param name="hidden">[N, D], from <see cref="Hidden"/>.</param>
    /// <param name="temperature">Divides the logits.</param>
    /// <returns>[N] each.</returns>
    public TokenStatistics Score(CausalLm model, Tensor hidden, double temperature = 1) =>
        TokenLogProbs.ComputeWithStatistics(hidden, OutputWeight(model, hidden), TargetIds, temperature, model.OutputBias, computeType: model.ComputeType, softCap: model.Config.LogitSoftCap);

    /// <summary>The one that came with the hidden states, where its gradient is to take that of the tokens' vectors up; the model's own for others.</summary>
    private Tensor OutputWeight(CausalLm model, Tensor hidden) =>
        _last is { } last && ReferenceEquals(last.Model, model) && ReferenceEquals(last.Hidden, hidden) && !last.OutputWeight.IsInvalid ? last.OutputWeight : model.OutputWeight;
}
