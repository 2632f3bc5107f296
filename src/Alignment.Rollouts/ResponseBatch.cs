using Alignment.Core.Models;
using Alignment.Core.Numerics;
using static TorchSharp.torch;

namespace Alignment.Rollouts;

/// <summary>
/// Some responses with their prompts, right-padded to the longest of them, and where their tokens stand: N tokens that the policy chose,
/// M ≥ N states that have a value. Only these positions reach the output layer and the losses.
/// </summary>
/// <param name="Tokens">Ids [B, T] and, for each of the N tokens, the hidden state that predicts it.</param>
/// <param name="Cells">[N] Int64: the token's place in the flattened [rollouts, R] of <see cref="RolloutBatch"/>.</param>
/// <param name="ValueRows">M rows of the flattened hidden states [B·T, D] whose value counts.</param>
/// <param name="ValueCells">[M] Int64: their places in the flattened [rollouts, R].</param>
/// <param name="Lengths">Tokens of each of the B sequences.</param>
public sealed record ResponseBatch(TargetBatch Tokens, Tensor Cells, IReadOnlyList<long> ValueRows, Tensor ValueCells, int[] Lengths)
{
    /// <summary>Makes the batch in the caller's dispose scope.</summary>
    /// <param name="rollouts">All responses of the step.</param>
    /// <param name="rows">Which of them.</param>
    /// <param name="padId">Fills the rest of shorter rows; what is padding follows from the lengths.</param>
    /// <param name="device">Where the models are.</param>
    public static ResponseBatch Of(RolloutBatch rollouts, IReadOnlyList<int> rows, int padId, Device device)
    {
        var (ids, lengths) = Rollout.Padded(rollouts.Rollouts, rows, padId);
        var width = ids.Length / rows.Count; // T
        List<long> hiddenRows = [], targets = [], cells = [], valueRows = [], valueCells = [];
        for (var i = 0; i < rows.Count; i++)
        {
            var rollout = rollouts.Rollouts[rows[i]];

            // The state before response token t is the hidden state one position before it.
            var first = (i * width) + rollout.Prompt.Prompt.Length - 1;
            var cell = rows[i] * rollouts.Width;
            for (var t = 0; t < rollout.Response.Length; t++)
            {
                hiddenRows.Add(first + t);
                targets.Add(rollout.Response[t]);
                cells.Add(cell + t);
            }

            for (var t = 0; t < rollouts.ValueLengths[rows[i]]; t++)
            {
                valueRows.Add(first + t);
                valueCells.Add(cell + t);
            }
        }

        var places = Devices.Send(device, [.. cells], [.. valueCells]);
        return new ResponseBatch(TargetBatch.Of(ids, rows.Count, width, [.. hiddenRows], [.. targets], device), places[0], valueRows, places[1], lengths);
    }

    /// <summary>The value model's estimate at the states that count, in the units of the score.</summary>
    /// <param name="model">Runs over what these states need: no padding, a prompt that several responses have once.</param>
    /// <returns>[M], with gradient where it is on.</returns>
    public Tensor Values(ScalarHeadModel model)
    {
        using var scope = NewDisposeScope();
        return model.Normalize(model.ValuesAt(Tokens.Ids, ValueRows)).MoveToOuterDisposeScope(); // [M]
    }
}
