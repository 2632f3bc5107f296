using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Core.Generation;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Training.Loops;
using Alignment.Training.Options;
using Alignment.Training.Runs;

namespace Alignment.Evaluation;

/// <summary>Everything that models compute, part by part; one model is in memory at a time.</summary>
internal sealed class ModelRuns
{
    private const string Format = "evaluation/2";

    private readonly EvaluationOptions _options;
    private readonly EvaluationInputs _inputs;
    private readonly StageSession _session;
    private readonly PartStore _parts;
    private readonly string _prompts;

    /// <param name="options">The stage's options.</param>
    /// <param name="inputs">What the models are measured on.</param>
    /// <param name="session">Seed, cancellation.</param>
    /// <param name="parts">Keeps what was computed.</param>
    public ModelRuns(EvaluationOptions options, EvaluationInputs inputs, StageSession session, PartStore parts)
    {
        (_options, _inputs, _session, _parts) = (options, inputs, session, parts);
        _prompts = HashOf(inputs.Prompts.Select(prompt => prompt.Prompt));
    }

    /// <summary>A language model that is loaded when it is first used.</summary>
    public OnDemand<CausalLm> Load(ModelSource source) => new(() => source.Load(_options));

    /// <summary>A reward model that is loaded when it is first used.</summary>
    /// <param name="folder">Its folder.</param>
    public OnDemand<ScalarHeadModel> LoadReward(string folder) =>
        new(() => RewardModelFolder.Load(folder, "reward_model", _options.RewardAggregation, _options.RewardModel.Count + _options.HeldOutRewardModel.Count, Devices.Parse(_options.Device), _options.Dtype.ToScalarType()));

    /// <summary>
    /// Responses of a model. The chance in a response is a function of (seed, prompt, sample) and not of the model: models that agree on the next token
    /// draw the same one, so that their differences are the models' own.
    /// </summary>
    public SampledResponses Responses(ModelSource source, OnDemand<CausalLm> model) => Sample(source, model, "evaluation", _options.Samples);

    /// <summary>The responses of a model from which best-of-n is worked out.</summary>
    public SampledResponses Candidates(ModelSource source, OnDemand<CausalLm> model) => Sample(source, model, "best_of", _options.BestOf);

    /// <summary>log-probability that a model gives to responses, another's or its own, in nats.</summary>
    /// <param name="source">The model that reads.</param>
    /// <param name="model">The same, loaded on demand.</param>
    /// <param name="responses">The responses.</param>
    public double[] LogProbs(ModelSource source, OnDemand<CausalLm> model, SampledResponses responses)
    {
        var temperature = _options.Sampling.ScoringTemperature;
        return _parts.Get(
            Key("log_probs", source.Hash, ("prompts", _prompts), ("responses", HashOf(responses.Ids)), ("temperature", temperature)),
            () => Finite(source.Folder, ResponseScores.LogProbs(model.Value, WithPrompts(responses), _options.BatchSize, temperature, _session.Cancel)));
    }

    private SampledResponses Sample(ModelSource source, OnDemand<CausalLm> model, string purpose, int samples) => _parts.Get(SampleKey(source, purpose, samples), () =>
    {
        int[][] prompts = [.. _inputs.Prompts.SelectMany(prompt => Enumerable.Repeat(prompt.Prompt, samples))];
        long[] seeds = [.. Enumerable.Range(0, prompts.Length).Select(i => Seeds.Derive(_session.Manifest.Seed, $"{purpose}/{i / samples}/{i % samples}"))];
        var sampling = _options.Sampling.ToSampling(ModelFolder.StopIds(source.Folder));
        var found = new TextGenerator(model.Value, sampling, _options.BatchSize).Generate(prompts, seeds, _session.Cancel);
        return new SampledResponses([.. found.Select(response => response.Ids)], [.. found.Select(response => response.Finish == FinishReason.StopToken)]);
    });

    /// <summary>1 for each row whose right choice has the strictly highest total log-probability, its stop token included; else 0.</summary>
    public double[] ChoicesRight(ModelSource source, OnDemand<CausalLm> model)
    {
        PromptedResponse[] all = [.. _inputs.Choices.SelectMany(row => row.Choices.Select(choice => new PromptedResponse(row.Prompt, choice)))];
        var logProbs = _parts.Get(
            Key("choices", source.Hash, ("choices", HashOf(all.SelectMany(one => (int[][])[one.Prompt, one.Response])))),
            () => Finite(source.Folder, ResponseScores.LogProbs(model.Value, all, _options.BatchSize, 1, _session.Cancel)));
        var right = new double[_inputs.Choices.Count];
        var place = 0;
        for (var row = 0; row < right.Length; row++)
        {
            var (count, answer) = (_inputs.Choices[row].Choices.Count, _inputs.Choices[row].Answer);
            var scores = logProbs.AsSpan(place, count);
            var others = Math.Max(Highest(scores[..answer]), Highest(scores[(answer + 1)..]));
            right[row] = scores[answer] > others ? 1 : 0;
            place += count;
        }

        return right;
    }

    /// <summary>The reward model's normalised reward of each response.</summary>
    public double[] Rewards(string folder, OnDemand<ScalarHeadModel> model, SampledResponses responses) => _parts.Get(
        Key("rewards", ContentHash.OfFolder(folder), [("prompts", _prompts), ("responses", HashOf(responses.Ids)), .. Heads()]),
        () => Normalized(model.Value, Finite(folder, ResponseScores.Rewards(model.Value, WithPrompts(responses), _options.BatchSize, _session.Cancel))));

    /// <summary>The reward model's normalised rewards of the chosen and the rejected response of each held-out pair, and the deviation that they were divided by.</summary>
    public (double[] Rewards, double Unit) PairRewards(string folder, OnDemand<ScalarHeadModel> model)
    {
        PromptedResponse[] all = [.. _inputs.Pairs.SelectMany(pair => (PromptedResponse[])[new(pair.Prompt, pair.Chosen), new(pair.Prompt, pair.Rejected)])];
        var found = _parts.Get(Key("pair_rewards", ContentHash.OfFolder(folder), [("pairs", HashOf(all.SelectMany(one => (int[][])[one.Prompt, one.Response]))), .. Heads()]), () =>
            (double[])[.. Normalized(model.Value, Finite(folder, ResponseScores.Rewards(model.Value, all, _options.BatchSize, _session.Cancel))), model.Value.RewardStd]);
        return (found[..^1], found[^1]);
    }

    // How the heads of a model are put together, where it is not as its folder says.
    private IEnumerable<(string, JsonNode)> Heads() => _options.RewardAggregation is { } aggregation ? [("heads", aggregation.ToString())] : [];

    private static double[] Normalized(ScalarHeadModel model, double[] raw) => [.. raw.Select(reward => (reward - model.RewardMean) / model.RewardStd)];

    private static double Highest(ReadOnlySpan<double> scores)
    {
        var highest = double.NegativeInfinity;
        foreach (var score in scores)
        {
            highest = Math.Max(highest, score);
        }

        return highest;
    }

    private static double[] Finite(string folder, double[] scores) => scores.All(double.IsFinite)
        ? scores
        : throw new InvalidDataException($"{folder}: {scores.Count(score => !double.IsFinite(score))} of {scores.Length} scores are not numbers; the model's weights are broken, train it again");

    private static string HashOf(IEnumerable<int[]> sequences) => ContentHash.OfText(string.Join('\n', sequences.Select(ids => string.Join(' ', ids))));

    private PromptedResponse[] WithPrompts(SampledResponses responses) =>
        [.. responses.Ids.Select((ids, i) => new PromptedResponse(_inputs.Prompts[i / (responses.Ids.Length / _inputs.Prompts.Count)].Prompt, ids))];

    private JsonObject SampleKey(ModelSource source, string purpose, int samples) => Key(
        "responses", source.Hash, ("prompts", _prompts), ("purpose", purpose), ("sampling", OptionsJson.Write(_options.Sampling)), ("samples", samples), ("seed", _session.Manifest.Seed));

    // Batch size, device and number type change the last bits.
    private JsonObject Key(string part, string model, params (string Name, JsonNode Value)[] more)
    {
        var key = new JsonObject
        {
            ["format"] = Format,
            ["part"] = part,
            ["model"] = model,
            ["batch_size"] = _options.BatchSize,
            ["device"] = _options.Device,
            ["dtype"] = _options.Dtype.ToString(),
        };
        foreach (var (name, value) in more)
        {
            key[name] = value;
        }

        return key;
    }
}
