using Alignment.Core.Checkpoints;
using Alignment.Core.Lora;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Data.Loading;
using Alignment.Data.Rewards;
using Alignment.Data.Templates;
using Alignment.Data.Tokenization;
using Alignment.Rollouts.Rewards.Services;
using Alignment.Training.Loops;
using Alignment.Training.Metrics;
using Alignment.Training.Runs;

namespace Alignment.Rollouts.Rewards;

/// <summary>Makes the reward that the options name.</summary>
public static class RewardSources
{
    /// <summary>Loads and checks.</summary>
    /// <param name="options">Reward models, functions, command or endpoint.</param>
    /// <param name="training">Device and precision.</param>
    /// <param name="tokenizer">The policy's.</param>
    /// <param name="data">The template that prompts are made with.</param>
    /// <returns>The reward; the caller disposes it.</returns>
    /// <exception cref="InvalidDataException">The reward model's tokenizer or template is not the policy's, or it scores nothing.</exception>
    public static IRewardSource Create(RewardOptions options, TrainingOptions training, TextTokenizer tokenizer, DataOptions data)
    {
        if (options.RewardModel.Count > 0)
        {
            return Models(options, training, tokenizer, data);
        }

        if (options.RewardCommand.Count > 0 || options.RewardUrl is not null)
        {
            IRewardService service = options.RewardUrl is { } url
                ? new HttpRewardService(new Uri(url), options.RewardService)
                : new CommandRewardService(options.RewardCommand, options.RewardService);
            return new ServiceReward(service, options.RewardService, tokenizer, StageConsole.Create(verbose: false).Log);
        }

        return new FunctionReward(TextReward.Create(options.Rewards, text => tokenizer.Encode(text).Length), tokenizer);
    }

    private static IRewardSource Models(RewardOptions options, TrainingOptions training, TextTokenizer tokenizer, DataOptions data)
    {
        var members = new List<ModelReward>();
        try
        {
            foreach (var folder in options.RewardModel)
            {
                members.Add(Load(options, folder, training, tokenizer, data));
            }

            return members is [var single] ? single : new EnsembleReward(members, options.RewardAggregation, options.RewardConfidence);
        }
        catch
        {
            members.ForEach(member => member.Dispose());
            throw;
        }
    }

    private static ModelReward Load(RewardOptions options, string folder, TrainingOptions training, TextTokenizer tokenizer, DataOptions data)
    {
        RewardModelFolder.Check(folder, "reward_model");
        FolderContract.CheckTokenizer(folder, "reward_model", tokenizer);
        var template = new DataSets(tokenizer, data).Template;
        TemplateContract.Check(tokenizer, template, AdapterFolder.Chain(folder), ModelLineage.TemplateOf(folder), "reward_model");
        var model = RewardModelFolder.Load(folder, "reward_model", options.RewardAggregation, options.RewardModel.Count, Devices.Parse(training.Device), training.Dtype.ToScalarType(), frozen: true);
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
}
