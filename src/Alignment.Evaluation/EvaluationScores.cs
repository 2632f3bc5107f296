using Alignment.Training.Runs;
using Alignment.Training.Statistics;

namespace Alignment.Evaluation;

/// <summary>Runs the models one after the other and gathers what they computed.</summary>
/// <param name="options">The stage's options.</param>
/// <param name="inputs">What the models are measured on.</param>
/// <param name="session">Log, progress, cancellation.</param>
/// <param name="parts">Keeps what was computed.</param>
internal sealed class EvaluationScores(EvaluationOptions options, EvaluationInputs inputs, StageSession session, PartStore parts)
{
    private readonly ModelRuns _runs = new(options, inputs, session, parts);

    /// <summary>The models in the order of the options, once <see cref="Run"/> is through.</summary>
    public IReadOnlyList<ModelScores> Models { get; private set; } = [];

    /// <summary>How the reward model ranks the held-out pairs; null without pairs.</summary>
    public PairRanking? PairRanking { get; private set; }

    /// <summary>Computes everything that is not known from an earlier process.</summary>
    /// <returns><see cref="Models"/>.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; what was computed is kept.</exception>
    public IReadOnlyList<ModelScores> Run()
    {
        session.Console.WithProgress("evaluate", 0, options.Models.Count + 2, report =>
        {
            // 3. each model on its own: responses, their log-probabilities, choices
            var done = 0;
            List<ModelScores> models = [];
            foreach (var (name, folder) in options.Models)
            {
                session.Log.Information("{Model}: {Responses} responses", name, inputs.Prompts.Count * options.Samples);
                models.Add(WithGold(OfModel(name, folder)));
                report(++done);
            }

            // 4. the reference, on everybody's responses
            Models = WithReference(models);
            report(++done);

            // 5. the reward model, on everybody's responses and on the pairs
            Models = WithRewards(Models);
            report(++done);
        });
        return Models;
    }

    private ModelScores OfModel(string name, string folder)
    {
        using var model = _runs.Load(folder);
        var responses = _runs.Responses(folder, model);
        return new ModelScores
        {
            Name = name,
            Responses = responses,
            Texts = [.. responses.Ids.Select(ids => inputs.Tokenizer.Decode(ids))],
            LogProbs = _runs.LogProbs(folder, model, folder, responses),
            ReferenceLogProbs = [],
            ChoicesRight = inputs.Choices.Count > 0 ? _runs.ChoicesRight(folder, model) : null,
        };
    }

    private ModelScores WithGold(ModelScores model)
    {
        if (inputs.Gold is not { } gold)
        {
            return model;
        }

        var scores = model.Texts.Select((text, i) => (Prompt: inputs.Prompts[i / options.Samples], Text: text))
            .Select(one => (
                Sum: gold.Score(one.Prompt.Text, one.Text, one.Prompt.Columns, one.Prompt.RowId),
                Terms: gold.TermScores(one.Prompt.Text, one.Text, one.Prompt.Columns, one.Prompt.RowId)))
            .ToArray();
        return model with
        {
            Gold = [.. scores.Select(score => score.Sum)],
            Terms = [.. gold.Terms.Select((term, t) => (term.Reward.Name, scores.Select(score => score.Terms[t]).ToArray()))],
        };
    }

    private List<ModelScores> WithReference(IEnumerable<ModelScores> models)
    {
        var folder = options.Models[options.Reference!];
        using var reference = _runs.Load(folder);
        return [.. models.Select(model => model with
        {
            ReferenceLogProbs = _runs.LogProbs(folder, reference, options.Models[model.Name], model.Responses),
        })];
    }

    private IReadOnlyList<ModelScores> WithRewards(IReadOnlyList<ModelScores> models)
    {
        if (options.RewardModel is not { } folder)
        {
            return models;
        }

        using var rewardModel = _runs.LoadReward(folder);
        if (inputs.Pairs.Count > 0)
        {
            PairRanking = PairRanking.Of([.. inputs.Pairs.Select(pair => pair.Label)], _runs.PairDifferences(folder, rewardModel));
        }

        return [.. models.Select(model => model with { Rewards = _runs.Rewards(folder, rewardModel, options.Models[model.Name], model.Responses) })];
    }
}
