using Alignment.Data.Loading;
using Alignment.Data.Rows;
using Alignment.Data.Tokenization;
using Alignment.Training.Runs;

namespace Alignment.Rollouts;

/// <summary>The prompts of a run, each with room for a whole response in every model's context.</summary>
/// <param name="Train">Prompts to train on.</param>
/// <param name="Eval">Held-out prompts; may be none.</param>
public sealed record PromptSets(IReadOnlyList<PromptExample> Train, IReadOnlyList<PromptExample> Eval)
{
    /// <summary>Tokens of the longest prompt.</summary>
    public int Longest => Train.Concat(Eval).Max(prompt => prompt.Prompt.Length);

    /// <summary>Reads the files.</summary>
    /// <param name="options">Names them.</param>
    /// <param name="tokenizer">The policy's.</param>
    /// <param name="context">The longest sequence that every model can read, in tokens.</param>
    /// <param name="session">Takes the counts.</param>
    /// <exception cref="InvalidDataException">A prompt leaves no room for a response, or there are no prompts.</exception>
    public static PromptSets Load(RolloutOptions options, TextTokenizer tokenizer, long context, StageSession session)
    {
        var sets = new DataSets(tokenizer, options.Data);
        IReadOnlyList<PromptExample> Prompts(IReadOnlyList<string> files, string name)
        {
            if (files.Count == 0)
            {
                return [];
            }

            var loaded = sets.Prompts(files, options.MaxNewTokens);
            foreach (var (count, value) in loaded.Counts(name))
            {
                session.Count(count, value);
            }

            CheckRoom(loaded.Examples, options.MaxNewTokens, context);
            return loaded.Examples.Count > 0 ? loaded.Examples : throw new InvalidDataException($"{name}: {string.Join(", ", files)} hold no prompt; add rows with a prompt column");
        }

        return new PromptSets(Prompts(options.Train, "train"), Prompts(options.Eval, "eval"));
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
