using Alignment.Data.Loading;
using Alignment.Data.Rows;
using Alignment.Rollouts;
using Alignment.Training.Runs;

namespace Alignment.Ppo;

/// <summary>The prompts of a run, each with room for a whole response in every model's context, and the rows of the pre-training mix.</summary>
/// <param name="Prompts">Prompts to train on and held-out ones.</param>
/// <param name="Pretraining">Rows to mix in; may be none.</param>
internal sealed record PpoData(PromptSets Prompts, IReadOnlyList<TokenExample> Pretraining)
{
    /// <summary>Prompts to train on.</summary>
    public IReadOnlyList<PromptExample> Train => Prompts.Train;

    /// <summary>Held-out prompts; may be none.</summary>
    public IReadOnlyList<PromptExample> Eval => Prompts.Eval;

    /// <summary>Reads the files.</summary>
    /// <param name="options">Names them.</param>
    /// <param name="models">Tokenizer and context.</param>
    /// <param name="session">Takes the counts.</param>
    /// <exception cref="InvalidDataException">A prompt leaves no room for a response, or there are no prompts.</exception>
    public static PpoData Load(PpoOptions options, PpoModels models, StageSession session)
    {
        var prompts = PromptSets.Load(options, models.Tokenizer, models.Context, session);
        return new PpoData(prompts, Mixed(options.Pretraining, models, session));
    }

    private static IReadOnlyList<TokenExample> Mixed(PretrainingOptions? options, PpoModels models, StageSession session)
    {
        if (options is null)
        {
            return [];
        }

        var loaded = new DataSets(models.Tokenizer, options.Data).Supervised(options.Train, options.Packing);
        foreach (var (name, value) in loaded.Counts("pretraining"))
        {
            session.Count(name, value);
        }

        var longest = loaded.Examples.MaxBy(example => example.Ids.Length)
            ?? throw new InvalidDataException($"pretraining.train: {string.Join(", ", options.Train)} hold no row; add some or leave pretraining out");
        return longest.Ids.Length <= models.Policy.Config.ContextLength
            ? loaded.Examples
            : throw new InvalidDataException($"{longest.RowId}: {longest.Ids.Length} tokens, the policy's context has {models.Policy.Config.ContextLength}; lower pretraining.data.max_length");
    }
}
