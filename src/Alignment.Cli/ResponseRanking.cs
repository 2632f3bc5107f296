using Alignment.Core.Checkpoints;
using Alignment.Core.Generation;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Data;
using Alignment.Data.Rows;
using Alignment.Data.Tokenization;
using Alignment.Training.Options;
using static TorchSharp.torch;

namespace Alignment.Cli;

/// <summary>What one or several reward models say of responses, to keep the best of several (best-of-n; Stiennon et al. 2020, arXiv:2009.01325, Section 4).</summary>
internal sealed class ResponseRanking : IDisposable
{
    private readonly IReadOnlyList<ScalarHeadModel> _models;
    private readonly RewardArguments.Given _given;
    private readonly int _batchSize;

    private ResponseRanking(IReadOnlyList<ScalarHeadModel> models, RewardArguments.Given given, int batchSize) => (_models, _given, _batchSize) = (models, given, batchSize);

    /// <summary>Loads reward models that read the tokens of the model that responds.</summary>
    /// <exception cref="OptionsException">Arguments that do not go together.</exception>
    /// <exception cref="InvalidDataException">A language model, or one with another tokenizer.</exception>
    public static ResponseRanking Load(RewardArguments.Given given, TextTokenizer tokenizer, Device device, ScalarType computeType, int batchSize)
    {
        var models = new List<ScalarHeadModel>();
        try
        {
            foreach (var folder in given.Folders)
            {
                RewardModelFolder.Check(folder, RewardArguments.Name);
                if (ModelTokenizer.Load(folder, ModelConfig.Load(folder)).Tokenizer.Fingerprint != tokenizer.Fingerprint)
                {
                    throw new InvalidDataException($"{folder}: the reward model has another tokenizer than the model, so the same text would be other tokens; name one that shares its tokenizer.");
                }

                models.Add(RewardModelFolder.Load(folder, RewardArguments.Name, given.Aggregation, given.Folders.Count, device, computeType));
            }

            return new ResponseRanking(models, given, batchSize);
        }
        catch
        {
            models.ForEach(model => model.Dispose());
            throw;
        }
    }

    /// <summary>The normalised reward of each response, put together where there are several models.</summary>
    /// <param name="prompt">Its row is named in errors.</param>
    /// <param name="responses">To this prompt.</param>
    /// <param name="cancel">Checked before each batch.</param>
    /// <exception cref="DataFormatException">Prompt and response are longer than a reward model's context.</exception>
    public double[] Score(PromptExample prompt, IReadOnlyList<GeneratedSequence> responses, CancellationToken cancel)
    {
        var (longest, context) = (prompt.Prompt.Length + responses.Max(response => response.Ids.Length), _models.Min(model => model.Config.ContextLength));
        if (longest > context)
        {
            throw new DataFormatException(prompt.RowId, $"prompt and response have {longest} tokens, the reward model's context {context}", "shorten the prompt or set a lower --max-new-tokens");
        }

        PromptedResponse[] all = [.. responses.Select(response => new PromptedResponse(prompt.Prompt, response.Ids))];
        return RewardModelFolder.Together(
            [.. _models.Select(model => ResponseScores.Rewards(model, all, _batchSize, cancel).Select(reward => (reward - model.RewardMean) / model.RewardStd).ToArray())],
            _given.Aggregation, _given.Confidence);
    }

    public void Dispose()
    {
        foreach (var model in _models)
        {
            model.Dispose();
        }
    }
}
