using Alignment.Core.Models;
using Alignment.Data;
using Alignment.Data.Loading;
using Alignment.Data.Rewards;
using Alignment.Data.Rows;
using Alignment.Data.Tokenization;
using Alignment.Training.Runs;

namespace Alignment.Evaluation;

/// <summary>What the models are measured on.</summary>
/// <param name="Tokenizer">Of all models.</param>
/// <param name="Prompts">Held-out prompts.</param>
/// <param name="Choices">Prompts with responses to choose from; may be empty.</param>
/// <param name="Pairs">Held-out preference pairs; may be empty.</param>
/// <param name="Gold">The gold reward; null where the options have none.</param>
internal sealed record EvaluationInputs(
    TextTokenizer Tokenizer,
    IReadOnlyList<PromptExample> Prompts,
    IReadOnlyList<ChoiceExample> Choices,
    IReadOnlyList<PreferenceExample> Pairs,
    WeightedSumReward? Gold)
{
    /// <summary>Reads the files and notes their counts.</summary>
    /// <param name="options">The stage's options.</param>
    /// <param name="sources">The models and checkpoints.</param>
    /// <param name="tokenizer">Of all models.</param>
    /// <param name="session">Takes the counts.</param>
    /// <exception cref="DataFormatException">A row cannot be used, or lacks a column that a reward needs.</exception>
    public static EvaluationInputs Load(EvaluationOptions options, IReadOnlyList<ModelSource> sources, TextTokenizer tokenizer, StageSession session)
    {
        var sets = new DataSets(tokenizer, options.Data);
        var prompts = sets.Prompts(options.Prompts, options.Sampling.MaxNewTokens);
        var choices = options.Choices.Count > 0 ? sets.Choices(options.Choices) : null;
        var pairs = options.Preferences.Count > 0 ? sets.Preferences(options.Preferences) : null;
        foreach (var (name, value) in prompts.Counts("prompts").Concat(choices?.Counts("choices") ?? []).Concat(pairs?.Counts("pairs") ?? []))
        {
            session.Count(name, value);
        }

        foreach (var folder in sources.Select(source => source.Folder).Distinct())
        {
            CheckContext(folder, prompts.Examples);
        }

        var gold = options.Rewards.Count > 0 ? TextReward.Create(options.Rewards, text => tokenizer.Encode(text).Length) : null;
        foreach (var prompt in prompts.Examples)
        {
            gold?.Score(prompt.Text, "", prompt.Columns, prompt.RowId); // a missing column shows now, not after the sampling
        }

        return new(tokenizer, prompts.Examples, choices?.Examples ?? [], pairs?.Examples ?? [], gold);
    }

    private static void CheckContext(string folder, IReadOnlyList<PromptExample> prompts)
    {
        var context = ModelConfig.Load(folder).ContextLength;
        if (prompts.FirstOrDefault(prompt => prompt.Prompt.Length >= context) is { } prompt)
        {
            throw new DataFormatException(
                prompt.RowId, $"the prompt has {prompt.Prompt.Length} tokens, the context of '{folder}' {context}: no room for a response", "remove the row, or lower data.max_length and set data.overflow");
        }
    }
}
