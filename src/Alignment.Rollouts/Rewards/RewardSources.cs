using Alignment.Core.Checkpoints;
using Alignment.Core.Lora;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Data.Loading;
using Alignment.Data.Rewards;
using Alignment.Data.Templates;
using Alignment.Data.Tokenization;
using Alignment.Training.Loops;
using Alignment.Training.Runs;

namespace Alignment.Rollouts.Rewards;

/// <summary>Makes the reward that the options name.</summary>
public static class RewardSources
{
    /// <summary>Loads and checks.</summary>
    /// <param name="options">Reward model or functions.</param>
    /// <param name="training">Device and precision.</param>
    /// <param name="tokenizer">The policy's.</param>
    /// <param name="data">The template that prompts are made with.</param>
    /// <returns>The reward; the caller disposes it.</returns>
    /// <exception cref="InvalidDataException">The reward model's tokenizer or template is not the policy's, or it scores nothing.</exception>
    public static IRewardSource Create(RewardOptions options, TrainingOptions training, TextTokenizer tokenizer, DataOptions data)
    {
        if (options.RewardModel is not { } folder)
        {
            return new FunctionReward(TextReward.Create(options.Rewards, text => tokenizer.Encode(text).Length), tokenizer);
        }

        CheckArchitecture(folder);
        FolderContract.CheckTokenizer(folder, "reward_model", tokenizer);
        var template = new DataSets(tokenizer, data).Template;
        TemplateContract.Check(tokenizer, template, AdapterFolder.Chain(folder), ModelLineage.TemplateOf(folder), "reward_model");
        var model = ModelFolder.LoadScalarHead(folder, device: Devices.Parse(training.Device), computeType: training.Dtype.ToScalarType());
        try
        {
            VocabularyContract.Check(model.Config, tokenizer.VocabularySize, folder);
            FolderContract.Freeze(model);
            return new ModelReward(model, tokenizer.PadId);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static void CheckArchitecture(string folder)
    {
        var architecture = ModelConfig.Load(folder).Architecture;
        if (architecture?.EndsWith("ForSequenceClassification", StringComparison.Ordinal) != true)
        {
            throw new InvalidDataException($"reward_model '{folder}' holds a {architecture ?? "model without an architecture"}, which scores nothing; give the output of a reward stage");
        }
    }
}
