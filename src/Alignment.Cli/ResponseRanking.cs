using Alignment.Core.Checkpoints;
using Alignment.Core.Generation;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Data;
using Alignment.Data.Rows;
using Alignment.Data.Tokenization;
using static TorchSharp.torch;

namespace Alignment.Cli;

/// <summary>A reward model's opinion of responses, to keep the best of several (best-of-n; Stiennon et al. 2020, arXiv:2009.01325, Section 4).</summary>
internal sealed class ResponseRanking : IDisposable
{
    private const string ClassifierSuffix = "ForSequenceClassification";

    private readonly ScalarHeadModel _model;
    private readonly int _batchSize;

    private ResponseRanking(ScalarHeadModel model, int batchSize)
    {
        _model = model;
        _batchSize = batchSize;
    }

    /// <summary>Loads a reward model that reads the tokens of the model that responds.</summary>
    /// <exception cref="InvalidDataException">A language model, or one with another tokenizer.</exception>
    public static ResponseRanking Load(string folder, TextTokenizer tokenizer, Device device, ScalarType computeType, int batchSize)
    {
        var config = ModelConfig.Load(folder);
        if (config.Architecture?.EndsWith(ClassifierSuffix, StringComparison.Ordinal) != true)
        {
            throw new InvalidDataException($"{folder}: --reward-model is a language model, which gives no rewards; name the model folder of a reward stage.");
        }

        if (ModelTokenizer.Load(folder, config).Tokenizer.Fingerprint != tokenizer.Fingerprint)
        {
            throw new InvalidDataException($"{folder}: the reward model has another tokenizer than the model, so the same text would be other tokens; name one that shares its tokenizer.");
        }

        return new ResponseRanking(ModelFolder.LoadScalarHead(folder, device: device, computeType: computeType), batchSize);
    }

    /// <summary>The normalised reward of each response.</summary>
    /// <param name="prompt">Its row is named in errors.</param>
    /// <param name="responses">To this prompt.</param>
    /// <param name="cancel">Checked before each batch.</param>
    /// <exception cref="DataFormatException">Prompt and response are longer than the reward model's context.</exception>
    public double[] Score(PromptExample prompt, IReadOnlyList<GeneratedSequence> responses, CancellationToken cancel)
    {
        var longest = prompt.Prompt.Length + responses.Max(response => response.Ids.Length);
        if (longest > _model.Config.ContextLength)
        {
            throw new DataFormatException(prompt.RowId, $"prompt and response have {longest} tokens, the reward model's context {_model.Config.ContextLength}", "shorten the prompt or set a lower --max-new-tokens");
        }

        var raw = ResponseScores.Rewards(_model, [.. responses.Select(response => new PromptedResponse(prompt.Prompt, response.Ids))], _batchSize, cancel);
        return [.. raw.Select(reward => (reward - _model.RewardMean) / _model.RewardStd)];
    }

    public void Dispose() => _model.Dispose();
}
