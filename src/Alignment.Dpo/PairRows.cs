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

    /// <summary>The types of rows that the options' loss reads.</summary>
    /// <param name="options">The loss.</param>
    public static RowTypes Accepted(DpoOptions options) => options.Unpaired is null ? RowTypes.Preference : RowTypes.PromptCompletion | RowTypes.Preference;

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
        var ties = new Dictionary<string, int>();
        var (train, eval) = options.Files.Load(sets, Pairs);
        Note(session, train, eval);
        foreach (var (set, count) in ties)
        {
            session.Count($"{set}/ties", count);
        }

        return train.Examples.Count > 0
            ? new PairRows(train.Examples, eval?.Examples ?? []) { Mix = train.Mix }
            : throw new InvalidDataException($"train: {string.Join(", ", options.Train)}: no pair is left to train on; see what was skipped, or name other files");

        LoadedRows<PreferenceExample> Pairs(DataSets part, IReadOnlyList<string> files, string name)
        {
            var loaded = part.Preferences(files);
            if (sorted is null)
            {
                return loaded;
            }

            var kept = WithoutTies(loaded.Examples, sorted);
            ties[name] = ties.GetValueOrDefault(name) + loaded.Examples.Count - kept.Count;
            return loaded with { Examples = kept };
        }
    }

    private static void Note<T>(StageSession session, LoadedRows<T> train, LoadedRows<T>? eval)
    {
        foreach (var (name, value) in train.Counts(TrainingFiles.TrainName).Concat(eval?.Counts(TrainingFiles.EvalName) ?? []))
        {
            session.Count(name, value);
        }
    }

    private static PairRows LoadUnpaired(DpoOptions options, DataSets sets, int maxLength, StageSession session)
    {
        var (train, eval) = options.Files.Load(sets, (part, files, _) => part.Unpaired(files));
        Note(session, train, eval);
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
