using Alignment.Core.Checkpoints;
using Alignment.Core.Lora;
using Alignment.Core.Models;
using Alignment.Data.Loading;
using Alignment.Data.Templates;
using Alignment.Data.Tokenization;
using Alignment.Training.Runs;

namespace Alignment.Evaluation;

/// <summary>Refuses models that cannot be compared, before any of them is loaded.</summary>
internal static class InputContract
{
    /// <summary>Checks that all models read the same tokens, that each is of the right kind, and that it would load.</summary>
    /// <param name="options">The stage's options.</param>
    /// <param name="sources">The models and checkpoints.</param>
    /// <returns>The tokenizer that they share.</returns>
    /// <exception cref="InvalidDataException">Another tokenizer, another vocabulary, another kind of model, or weights that do not fit.</exception>
    public static TextTokenizer Check(EvaluationOptions options, IReadOnlyList<ModelSource> sources)
    {
        var first = sources[0].Folder;
        var tokenizer = TextTokenizer.Load(AdapterFolder.Chain(first));
        foreach (var (name, folder) in sources.Select(source => (source.Name, source.Folder)).DistinctBy(source => source.Folder))
        {
            CheckTokenizer(folder, $"model '{name}'", tokenizer, first);
            if (ModelConfig.Load(folder).IsClassifier)
            {
                throw new InvalidDataException($"{folder}: model '{name}' is a reward model, which cannot respond to prompts; name a language model, and the reward model under reward_model");
            }

            if (ModelConfig.Load(folder).IsEncoder)
            {
                throw new InvalidDataException($"{folder}: model '{name}' is an encoder, which cannot respond to prompts; name a language model");
            }

            ModelFolder.CheckHeaders(folder);
        }

        foreach (var folder in options.RewardModel)
        {
            CheckReward(folder, "reward_model");
        }

        foreach (var folder in options.HeldOutRewardModel)
        {
            CheckReward(folder, "held_out_reward_model");
        }

        return tokenizer;

        void CheckReward(string folder, string option)
        {
            CheckTokenizer(folder, $"the {option.Replace('_', ' ')}", tokenizer, first);
            RewardModelFolder.Check(folder, option);
            ModelFolder.CheckHeaders(folder);
            TemplateContract.Check(tokenizer, new DataSets(tokenizer, options.Data).Template, AdapterFolder.Chain(folder), ModelLineage.TemplateOf(folder), option);
        }
    }

    private static void CheckTokenizer(string folder, string who, TextTokenizer expected, string first)
    {
        if (TextTokenizer.Load(AdapterFolder.Chain(folder)).Fingerprint != expected.Fingerprint)
        {
            throw new InvalidDataException($"{folder}: {who} has another tokenizer than '{first}', so the same text would be other tokens; compare models that share one tokenizer.json");
        }

        VocabularyContract.Check(ModelConfig.Load(folder), expected.VocabularySize, folder);
    }
}
