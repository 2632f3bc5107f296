using Alignment.Core.Models;
using static TorchSharp.torch;

namespace Alignment.Core.Numerics;

/// <summary>
/// One number for each response of a list, without gradient. Responses of like length run together; the order in which they do is a function of
/// their lengths alone, so that the same list gives the same bytes.
/// </summary>
public static class ResponseScores
{
    /// <summary>log π(response | prompt) = Σ_t log π(y_t | x, y_&lt;t), in nats.</summary>
    /// <param name="model">In evaluation mode.</param>
    /// <param name="responses">Prompts with responses, each at least one id long.</param>
    /// <param name="batchSize">Responses side by side.</param>
    /// <param name="temperature">Above 0; divides the logits.</param>
    /// <param name="cancel">Checked before each batch.</param>
    /// <returns>In the order of the responses.</returns>
    /// <exception cref="ArgumentException">An empty prompt or response, or a batch size below 1.</exception>
    public static double[] LogProbs(
        CausalLm model, IReadOnlyList<PromptedResponse> responses, int batchSize, double temperature = 1, CancellationToken cancel = default)
    {
        using var held = model.HoldWeights();
        return Batched(responses, batchSize, cancel, rows =>
        {
            var (ids, length) = Padded(rows);
            var count = rows.Sum(row => row.Response.Length); // N
            var (hiddenRows, targets, owners) = (new long[count], new long[count], new long[count]);
            var n = 0;
            for (var row = 0; row < rows.Length; row++)
            {
                for (var i = 0; i < rows[row].Response.Length; i++, n++)
                {
                    hiddenRows[n] = ((long)row * length) + rows[row].Prompt.Length + i - 1; // the position before predicts
                    targets[n] = rows[row].Response[i];
                    owners[n] = row;
                }
            }

            var logProbs = TargetBatch.Of(ids, rows.Length, length, hiddenRows, targets, model.Device).LogProbs(model, temperature); // [N]
            return zeros([rows.Length], dtype: logProbs.dtype, device: model.Device)
                .index_add(0, tensor(owners).SentTo(model.Device), logProbs, 1); // [B]
        });
    }

    /// <summary>The raw reward of each response: the scalar at its last token. See <see cref="ScalarHeadModel.Normalize"/>.</summary>
    /// <param name="model">In evaluation mode.</param>
    /// <param name="responses">Prompts with responses, each at least one id long.</param>
    /// <param name="batchSize">Responses side by side.</param>
    /// <param name="cancel">Checked before each batch.</param>
    /// <returns>In the order of the responses.</returns>
    /// <exception cref="ArgumentException">An empty prompt or response, or a batch size below 1.</exception>
    public static double[] Rewards(ScalarHeadModel model, IReadOnlyList<PromptedResponse> responses, int batchSize, CancellationToken cancel = default)
    {
        using var held = model.HoldWeights();
        return Batched(responses, batchSize, cancel, rows =>
        {
            var (ids, length) = Padded(rows);
            return model.Scores(tensor(ids, [rows.Length, length]).SentTo(model.Device), [.. rows.Select(row => row.Length)]); // [B]
        });
    }

    /// <summary>What each head says of each response, without its offset; see <see cref="ScalarHeadModel.HeadScores"/>.</summary>
    /// <param name="model">In evaluation mode.</param>
    /// <param name="responses">Prompts with responses, each at least one id long.</param>
    /// <param name="batchSize">Responses side by side.</param>
    /// <param name="cancel">Checked before each batch.</param>
    /// <returns>For each response, in their order, a number of each head.</returns>
    /// <exception cref="ArgumentException">An empty prompt or response, or a batch size below 1.</exception>
    public static double[][] HeadRewards(ScalarHeadModel model, IReadOnlyList<PromptedResponse> responses, int batchSize, CancellationToken cancel = default)
    {
        using var held = model.HoldWeights();
        var offsets = model.Ensemble?.Offsets ?? [0];
        return [.. Rows(responses, batchSize, cancel, rows =>
        {
            var (ids, length) = Padded(rows);
            return model.HeadScores(tensor(ids, [rows.Length, length]).SentTo(model.Device), [.. rows.Select(row => row.Length)]); // [B, H]
        }).Select(row => row.Zip(offsets, (raw, offset) => raw - offset).ToArray())];
    }

    private static double[] Batched(IReadOnlyList<PromptedResponse> responses, int batchSize, CancellationToken cancel, Func<PromptedResponse[], Tensor> score) =>
        [.. Rows(responses, batchSize, cancel, score).Select(row => row[0])];

    /// <summary>What is scored of each response, [B] or [B, H] a batch.</summary>
    private static double[][] Rows(IReadOnlyList<PromptedResponse> responses, int batchSize, CancellationToken cancel, Func<PromptedResponse[], Tensor> score)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        if (responses.Any(response => response.Prompt.Length == 0 || response.Response.Length == 0))
        {
            throw new ArgumentException("a prompt or a response is empty; both need at least one token", nameof(responses));
        }

        using var noGrad = no_grad();
        using var all = NewDisposeScope();
        var found = new List<(int[] Rows, Tensor Values)>(); // read when all batches are under way: a GPU is not waited for between them
        foreach (var rows in Enumerable.Range(0, responses.Count).OrderBy(i => responses[i].Length).Chunk(batchSize))
        {
            cancel.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            found.Add((rows, score([.. rows.Select(row => responses[row])]).MoveToOuterDisposeScope()));
        }

        var scores = new double[responses.Count][];
        foreach (var (rows, batch) in found)
        {
            var values = batch.cpu().to(ScalarType.Float64).data<double>().ToArray(); // B·H
            var width = values.Length / rows.Length;
            for (var i = 0; i < rows.Length; i++)
            {
                scores[rows[i]] = values[(i * width)..((i + 1) * width)];
            }
        }

        return scores;
    }

    // B·T ids, filled up on the right; what with is of no account, since no real token sees it.
    private static (long[] Ids, int Length) Padded(PromptedResponse[] rows)
    {
        var length = rows.Max(row => row.Length);
        var ids = new long[rows.Length * length];
        for (var row = 0; row < rows.Length; row++)
        {
            var place = row * length;
            foreach (var id in rows[row].Prompt.Concat(rows[row].Response))
            {
                ids[place++] = id;
            }
        }

        return (ids, length);
    }
}
