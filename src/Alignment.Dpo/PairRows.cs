using System.Globalization;
using Alignment.Core.Models;
using Alignment.Data.Collation;
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
    /// <summary>Which of the pairs to train on an epoch has, where they come from several sources; null: each once.</summary>
    public SourceMix? Mix { get; private init; }

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

        var sorted = options.Loss.Select(PairwiseLosses.Of).FirstOrDefault(loss => loss.SortsBatch);
        var ties = 0;
        var train = MixOptions.Load(options.Train, options.Mix, Pairs);
        Note("train", train);
        var eval = options.Eval.Count > 0 ? Pairs(options.Eval) : null;
        Note("eval", eval);
        return train.Examples.Count > 0
            ? new PairRows(train.Examples, eval?.Examples ?? []) { Mix = train.Mix }
            : throw new InvalidDataException($"train: {string.Join(", ", options.Train)}: no pair is left to train on; see what was skipped, or name other files");

        LoadedRows<PreferenceExample> Pairs(IReadOnlyList<string> files)
        {
            var loaded = sets.Preferences(files);
            var kept = sorted is null ? loaded.Examples : WithoutTies(loaded.Examples, sorted);
            ties += loaded.Examples.Count - kept.Count;
            return loaded with { Examples = kept };
        }

        void Note(string set, LoadedRows<PreferenceExample>? rows)
        {
            foreach (var (name, value) in rows?.Counts(set) ?? [])
            {
                session.Count(name, value);
            }

            if (sorted is not null && rows is not null)
            {
                session.Count($"{set}/ties", ties);
            }

            ties = 0;
        }
    }

    private static PairRows LoadUnpaired(DpoOptions options, DataSets sets, int maxLength, StageSession session)
    {
        var train = MixOptions.Load(options.Train, options.Mix, sets.Unpaired);
        var eval = options.Eval.Count > 0 ? sets.Unpaired(options.Eval) : null;
        foreach (var (name, value) in train.Counts("train").Concat(eval?.Counts("eval") ?? []))
        {
            session.Count(name, value);
        }

        if (train.Examples.Count == 0)
        {
            throw new InvalidDataException($"train: {string.Join(", ", options.Train)}: no response is left to train on; see what was skipped, or name other files");
        }

        var rows = new PairRows(UnpairedRows.Of(train.Examples, maxLength), eval is null ? [] : UnpairedRows.Of(eval.Examples, maxLength)) { Mix = train.Mix };
        UnpairedRows.Balance(rows.Train, options, session);
        return rows;
    }

    // A loss that sorts a batch knows no pairs, so it can heed no labels: ties say nothing and go, other soft labels are an error.
    private static IReadOnlyList<PreferenceExample> WithoutTies(IReadOnlyList<PreferenceExample> pairs, PairwiseLoss loss)
    {
        if (pairs.FirstOrDefault(pair => pair.Label is not (0.5 or 1)) is { } soft)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"{soft.RowId}: label {soft.Label} is a soft label, which loss {loss.Name} cannot take: it compares sorted batches, not pairs; leave such rows out or take another loss"));
        }

        return [.. pairs.Where(pair => pair.Label == 1)];
    }
}
