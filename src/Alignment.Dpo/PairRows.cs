using System.Globalization;
using Alignment.Core.Models;
using Alignment.Data.Loading;
using Alignment.Data.Rows;
using Alignment.Data.Tokenization;
using Alignment.Objectives.Pairwise;
using Alignment.Training.Runs;

namespace Alignment.Dpo;

/// <summary>The pairs of the options' files, tokenized.</summary>
/// <param name="Train">Pairs to train on; at least one.</param>
/// <param name="Eval">Held-out pairs; none where no file is named.</param>
internal sealed record PairRows(IReadOnlyList<PreferenceExample> Train, IReadOnlyList<PreferenceExample> Eval)
{
    /// <summary>Reads the files; counts go to the manifest.</summary>
    /// <param name="options">Files, template, length.</param>
    /// <param name="tokenizer">The policy's.</param>
    /// <param name="config">The policy's; its context bounds the length.</param>
    /// <param name="session">Takes the counts.</param>
    /// <exception cref="Data.DataFormatException">A row cannot be used.</exception>
    /// <exception cref="InvalidDataException">No pair is left to train on.</exception>
    public static PairRows Load(DpoOptions options, TextTokenizer tokenizer, ModelConfig config, StageSession session)
    {
        if (options.Data.MaxLength > config.ContextLength)
        {
            session.Log.Information("data.max_length is {MaxLength}, the model's context {Context} tokens: rows may have no more than that", options.Data.MaxLength, config.ContextLength);
        }

        var sets = new DataSets(tokenizer, options.Data with { MaxLength = Math.Min(options.Data.MaxLength, config.ContextLength) });
        if (options.Unpaired is not null)
        {
            return LoadUnpaired(options, sets, Math.Min(options.Data.MaxLength, config.ContextLength), session);
        }

        var train = sets.Preferences(options.Train);
        var eval = options.Eval.Count > 0 ? sets.Preferences(options.Eval) : null;
        foreach (var (name, value) in train.Counts("train").Concat(eval?.Counts("eval") ?? []))
        {
            session.Count(name, value);
        }

        var sorted = options.Loss.Select(PairwiseLosses.Of).FirstOrDefault(loss => loss.SortsBatch);
        var kept = sorted is null ? train.Examples : WithoutTies(train.Examples, sorted, "train", session);
        return kept.Count > 0
            ? new PairRows(kept, eval is null ? [] : sorted is null ? eval.Examples : WithoutTies(eval.Examples, sorted, "eval", session))
            : throw new InvalidDataException($"train: {string.Join(", ", options.Train)}: no pair is left to train on; see what was skipped, or name other files");
    }

    private static PairRows LoadUnpaired(DpoOptions options, DataSets sets, int maxLength, StageSession session)
    {
        var train = sets.Unpaired(options.Train);
        var eval = options.Eval.Count > 0 ? sets.Unpaired(options.Eval) : null;
        foreach (var (name, value) in train.Counts("train").Concat(eval?.Counts("eval") ?? []))
        {
            session.Count(name, value);
        }

        if (train.Examples.Count == 0)
        {
            throw new InvalidDataException($"train: {string.Join(", ", options.Train)}: no response is left to train on; see what was skipped, or name other files");
        }

        var rows = new PairRows(UnpairedRows.Of(train.Examples, maxLength), eval is null ? [] : UnpairedRows.Of(eval.Examples, maxLength));
        UnpairedRows.Balance(rows.Train, options, session);
        return rows;
    }

    // A loss that sorts a batch knows no pairs, so it can heed no labels: ties say nothing and go, other soft labels are an error.
    private static PreferenceExample[] WithoutTies(IReadOnlyList<PreferenceExample> pairs, PairwiseLoss loss, string set, StageSession session)
    {
        if (pairs.FirstOrDefault(pair => pair.Label is not (0.5 or 1)) is { } soft)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"{soft.RowId}: label {soft.Label} is a soft label, which loss {loss.Name} cannot take: it compares sorted batches, not pairs; leave such rows out or take another loss"));
        }

        PreferenceExample[] kept = [.. pairs.Where(pair => pair.Label == 1)];
        session.Count($"{set}/ties", pairs.Count - kept.Length);
        return kept;
    }
}
