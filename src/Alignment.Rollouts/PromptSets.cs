using Alignment.Data.Collation;
using Alignment.Data.Loading;
using Alignment.Data.Rows;
using Alignment.Data.Tokenization;
using Alignment.Training.Loops;
using Alignment.Training.Metrics;
using Alignment.Training.Runs;

namespace Alignment.Rollouts;

/// <summary>The prompts of a run, each with room for a whole response in every model's context.</summary>
/// <param name="Train">Prompts to train on.</param>
/// <param name="Eval">Held-out prompts; may be none.</param>
public sealed record PromptSets(IReadOnlyList<PromptExample> Train, IReadOnlyList<PromptExample> Eval)
{
    /// <summary>Which prompts an epoch has, where they come from several sources; null: each once.</summary>
    public SourceMix? Mix { get; init; }

    /// <summary>Tokens of each prompt to train on with a response of a length.</summary>
    /// <param name="responseLength">Of the response.</param>
    public int[] LengthsWith(int responseLength) => [.. Train.Select(prompt => prompt.Prompt.Length + responseLength)];

    /// <summary>Which prompts a step takes: a function of the step and the seed.</summary>
    /// <param name="promptsPerStep">Prompts of a step.</param>
    /// <param name="seed">Of the order.</param>
    public BatchPlan Plan(int promptsPerStep, long seed)
    {
        var order = new EpochOrder([.. Train.Select(prompt => prompt.Prompt.Length)], promptsPerStep, groupByLength: false, seed, Mix);
        return new BatchPlan(order.Rows, promptsPerStep, order.Of);
    }

    /// <summary>Notes which share of a step's prompts came from which source; nothing where there is one only.</summary>
    /// <param name="means">Takes <c>source/NAME</c>.</param>
    /// <param name="prompts">The step's prompts.</param>
    public void AddShares(MetricMeans means, IReadOnlyCollection<int> prompts)
    {
        for (var source = 0; source < Mix?.Names.Count; source++)
        {
            means.Add($"source/{Mix.Names[source]}", prompts.Count(prompt => Mix.SourceOf(prompt) == source) / (double)prompts.Count);
        }
    }

    /// <summary>Reads the files.</summary>
    /// <param name="options">Names them.</param>
    /// <param name="tokenizer">The policy's.</param>
    /// <param name="context">The longest sequence that every model can read, in tokens.</param>
    /// <param name="session">Takes the counts.</param>
    /// <exception cref="InvalidDataException">A prompt leaves no room for a response, or there are no prompts.</exception>
    public static PromptSets Load(RolloutOptions options, TextTokenizer tokenizer, long context, StageSession session)
    {
        var (train, eval) = options.Files.Load(new DataSets(tokenizer, options.Data), (part, files, name) =>
        {
            var loaded = part.Prompts(files, options.MaxNewTokens);
            CheckRoom(loaded.Examples, options.MaxNewTokens, context);
            return loaded.Examples.Count > 0 ? loaded : throw new InvalidDataException($"{name}: {string.Join(", ", files)} hold no prompt; add rows with a prompt column");
        });
        foreach (var (count, value) in train.Counts(TrainingFiles.TrainName).Concat(eval?.Counts(TrainingFiles.EvalName) ?? []))
        {
            session.Count(count, value);
        }

        return new PromptSets(train.Examples, eval?.Examples ?? []) { Mix = train.Mix };
    }

    private static void CheckRoom(IReadOnlyList<PromptExample> prompts, int maxNewTokens, long context)
    {
        if (prompts.FirstOrDefault(prompt => prompt.Prompt.Length + maxNewTokens > context) is { } tooLong)
        {
            throw new InvalidDataException(
                $"{tooLong.RowId}: the prompt has {tooLong.Prompt.Length} tokens; with max_new_tokens {maxNewTokens} that is more than the context of {context} tokens that all models share; lower max_new_tokens, or set data.max_length {context} with data.overflow: drop or truncate_prompt");
        }
    }
}
