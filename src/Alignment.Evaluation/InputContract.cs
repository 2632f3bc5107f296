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
    private const string ClassifierSuffix = "ForSequenceClassification";

    /// <summary>Checks that all models read the same tokens, that each is of the right kind, and that it would load.</summary>
    /// <param name="options">The stage's options.</param>
    /// <returns>The tokenizer that they share.</returns>
    /// <exception cref="InvalidDataException">Another tokenizer, another vocabulary, another kind of model, or weights that do not fit.</exception>
    public static TextTokenizer Check(EvaluationOptions options)
    {
        var first = options.Models.First();
        var tokenizer = TextTokenizer.Load(AdapterFolder.Chain(first.Value));
        foreach (var (name, folder) in options.Models)
        {
            CheckTokenizer(folder, $"model '{name}'", tokenizer, first.Value);
            if (IsClassifier(folder))
            {
                throw new InvalidDataException($"{folder}: model '{name}' is a reward model, which cannot respond to prompts; name a language model, and the reward model under reward_model");
            }

            if (ModelConfig.Load(folder).IsEncoder)
            {
                throw new InvalidDataException($"{folder}: model '{name}' is an encoder, which cannot respond to prompts; name a language model");
            }

            ModelFolder.CheckHeaders(folder);
        }

        if (options.RewardModel is { } rewardModel)
        {
            CheckTokenizer(rewardModel, "the reward model", tokenizer, first.Value);
            if (!IsClassifier(rewardModel))
            {
                throw new InvalidDataException($"{rewardModel}: reward_model is a language model, which gives no rewards; name the model folder of a reward stage");
            }

            ModelFolder.CheckHeaders(rewardModel);
            TemplateContract.Check(tokenizer, new DataSets(tokenizer, options.Data).Template, AdapterFolder.Chain(rewardModel), ModelLineage.TemplateOf(rewardModel), "reward_model");
        }

        return tokenizer;
    }

    private static bool IsClassifier(string folder) => ModelConfig.Load(folder).Architecture?.EndsWith(ClassifierSuffix, StringComparison.Ordinal) == true;

    private static void CheckTokenizer(string folder, string who, TextTokenizer expected, string first)
    {
        if (TextTokenizer.Load(AdapterFolder.Chain(folder)).Fingerprint != expected.Fingerprint)
        {
            throw new InvalidDataException($"{folder}: {who} has another tokenizer than '{first}', so the same text would be other tokens; compare models that share one tokenizer.json");
        }

        VocabularyContract.Check(ModelConfig.Load(folder), expected.VocabularySize, folder);
    }
}
