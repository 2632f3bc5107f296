using Alignment.Data.Loading;
using Alignment.Data.Rows;
using Alignment.Training.Runs;

namespace Alignment.Ppo;

/// <summary>The prompts of a run, each with room for a whole response in every model's context, and the rows of the pre-training mix.</summary>
/// <param name="Train">Prompts to train on.</param>
/// <param name="Eval">Held-out prompts; may be none.</param>
/// <param name="Pretraining">Rows to mix in; may be none.</param>
internal sealed record PpoData(IReadOnlyList<PromptExample> Train, IReadOnlyList<PromptExample> Eval, IReadOnlyList<TokenExample> Pretraining)
{
    /// <summary>Reads the files.</summary>
    /// <param name="options">Names them.</param>
    /// <param name="models">Tokenizer and context.</param>
    /// <param name="session">Takes the counts.</param>
    /// <exception cref="InvalidDataException">A prompt leaves no room for a response, or there are no prompts.</exception>
    public static PpoData Load(PpoOptions options, PpoModels models, StageSession session)
    {
        var sets = new DataSets(models.Tokenizer, options.Data);
        IReadOnlyList<PromptExample> Prompts(IReadOnlyList<string> files, string name)
        {
            if (files.Count == 0)
            {
                return [];
            }

            var loaded = sets.Prompts(files, options.MaxNewTokens);
            Note(session, loaded.Counts(name));
            CheckRoom(loaded.Examples, options.MaxNewTokens, models.Context);
            return loaded.Examples.Count > 0 ? loaded.Examples : throw new InvalidDataException($"{name}: {string.Join(", ", files)} hold no prompt; add rows with a prompt column");
        }

        return new PpoData(Prompts(options.Train, "train"), Prompts(options.Eval, "eval"), Mixed(options.Pretraining, models, session));
    }

    private static IReadOnlyList<TokenExample> Mixed(PretrainingOptions? options, PpoModels models, StageSession session)
    {
        if (options is null)
        {
            return [];
        }

        var loaded = new DataSets(models.Tokenizer, options.Data).Supervised(options.Train, options.Packing);
        Note(session, loaded.Counts("pretraining"));
        var longest = loaded.Examples.MaxBy(example => example.Ids.Length)
            ?? throw new InvalidDataException($"pretraining.train: {string.Join(", ", options.Train)} hold no row; add some or leave pretraining out");
        return longest.Ids.Length <= models.Policy.Config.ContextLength
            ? loaded.Examples
            : throw new InvalidDataException($"{longest.RowId}: {longest.Ids.Length} tokens, the policy's context has {models.Policy.Config.ContextLength}; lower pretraining.data.max_length");
    }

    private static void CheckRoom(IReadOnlyList<PromptExample> prompts, int maxNewTokens, long context)
    {
        if (prompts.FirstOrDefault(prompt => prompt.Prompt.Length + maxNewTokens > context) is { } tooLong)
        {
            throw new InvalidDataException(
                $"{tooLong.RowId}: the prompt has {tooLong.Prompt.Length} tokens; with max_new_tokens {maxNewTokens} that is more than the context of {context} tokens that all models share; lower max_new_tokens, or set data.max_length {context} with data.overflow: drop or truncate_prompt");
        }
    }

    private static void Note(StageSession session, IEnumerable<(string Name, long Value)> counts)
    {
        foreach (var (name, value) in counts)
        {
            session.Count(name, value);
        }
    }
}
