using Alignment.Evaluation.OverOptimization;
using Alignment.Training.Runs;
using Alignment.Training.Statistics;

namespace Alignment.Evaluation;

/// <summary>Runs the models one after the other and gathers what they computed.</summary>
/// <param name="options">The stage's options.</param>
/// <param name="sources">The models and checkpoints.</param>
/// <param name="inputs">What the models are measured on.</param>
/// <param name="session">Log, progress, cancellation.</param>
/// <param name="parts">Keeps what was computed.</param>
internal sealed class EvaluationScores(EvaluationOptions options, IReadOnlyList<ModelSource> sources, EvaluationInputs inputs, StageSession session, PartStore parts)
{
    private readonly ModelRuns _runs = new(options, inputs, session, parts);
    private SampledResponses? _candidates;

    /// <summary>The models in the order of the options, once <see cref="Run"/> is through.</summary>
    public IReadOnlyList<ModelScores> Models { get; private set; } = [];

    /// <summary>What best-of-n chooses among; null where it is not asked for.</summary>
    public BestOfScores? BestOf { get; private set; }

    /// <summary>How the reward model ranks the held-out pairs; null without pairs.</summary>
    public PairRanking? PairRanking { get; private set; }

    /// <summary>Computes everything that is not known from an earlier process.</summary>
    /// <returns><see cref="Models"/>.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; what was computed is kept.</exception>
    public IReadOnlyList<ModelScores> Run()
    {
        session.Console.WithProgress("evaluate", 0, sources.Count + 2, report =>
        {
            // 3. each model on its own: responses, their log-probabilities, choices
            var done = 0;
            List<ModelScores> models = [];
            foreach (var source in sources)
            {
                session.Log.Information("{Model}: {Responses} responses", source.Name, inputs.Prompts.Count * options.Samples);
                models.Add(WithGold(OfModel(source)));
                report(++done);
            }

            // 4. the reference, on everybody's responses, and its own for best-of-n
            Models = WithReference(models);
            report(++done);

            // 5. the reward model, on everybody's responses and on the pairs
            Models = WithRewards(Models);
            report(++done);
        });
        return Models;
    }

    private ModelScores OfModel(ModelSource source)
    {
        using var model = _runs.Load(source);
        var responses = _runs.Responses(source, model);
        return new ModelScores
        {
            Name = source.Name,
            Responses = responses,
            Texts = [.. responses.Ids.Select(ids => inputs.Tokenizer.Decode(ids))],
            LogProbs = _runs.LogProbs(source, model, responses),
            ReferenceLogProbs = [],
            ChoicesRight = inputs.Choices.Count > 0 ? _runs.ChoicesRight(source, model) : null,
        };
    }

    private ModelScores WithGold(ModelScores model)
    {
        var gold = Gold(model.Responses, options.Samples);
        return model with { Gold = gold?.Sums, Terms = gold?.Terms };
    }

    private (double[] Sums, IReadOnlyList<(string Name, double[] Scores)> Terms)? Gold(SampledResponses responses, int samples)
    {
        if (inputs.Gold is not { } gold)
        {
            return null;
        }

        var scores = responses.Ids.Select((ids, i) => (Prompt: inputs.Prompts[i / samples], Text: inputs.Tokenizer.Decode(ids)))
            .Select(one => (
                Sum: gold.Score(one.Prompt.Text, one.Text, one.Prompt.Columns, one.Prompt.RowId),
                Terms: gold.TermScores(one.Prompt.Text, one.Text, one.Prompt.Columns, one.Prompt.RowId)))
            .ToArray();
        return ([.. scores.Select(score => score.Sum)], [.. gold.Terms.Select((term, t) => (term.Reward.Name, scores.Select(score => score.Terms[t]).ToArray()))]);
    }

    private List<ModelScores> WithReference(IEnumerable<ModelScores> models)
    {
        var source = sources.Single(one => one.Name == options.Reference);
        using var reference = _runs.Load(source);
        if (options.BestOf > 1)
        {
            session.Log.Information("{Model}: {Responses} responses for best-of-n", source.Name, inputs.Prompts.Count * options.BestOf);
            _candidates = _runs.Candidates(source, reference);
        }

        return [.. models.Select(model => model with { ReferenceLogProbs = _runs.LogProbs(source, reference, model.Responses) })];
    }

    private IReadOnlyList<ModelScores> WithRewards(IReadOnlyList<ModelScores> models)
    {
        if (options.RewardModel.Count == 0)
        {
            return models;
        }

        var (rewards, differences) = new RewardPanel(_runs, options, options.RewardModel).Ask(AllResponses(models), inputs.Pairs.Count > 0);
        if (differences is not null)
        {
            PairRanking = PairRanking.Of([.. inputs.Pairs.Select(pair => pair.Label)], differences);
        }

        models = [.. models.Select((model, i) => model with { Rewards = rewards[i] })];
        if (_candidates is not null)
        {
            BestOf = new(options.BestOf, rewards[^1], null, Gold(_candidates, options.BestOf)?.Sums, LengthControl.LengthsOf(_candidates));
        }

        return WithHeldOutRewards(models);
    }

    private IReadOnlyList<ModelScores> WithHeldOutRewards(IReadOnlyList<ModelScores> models)
    {
        if (options.HeldOutRewardModel.Count == 0)
        {
            return models;
        }

        var (rewards, _) = new RewardPanel(_runs, options, options.HeldOutRewardModel).Ask(AllResponses(models), withPairs: false);
        BestOf = BestOf is null ? null : BestOf with { HeldOut = rewards[^1] };
        return [.. models.Select((model, i) => model with { HeldOutRewards = rewards[i] })];
    }

    // Those of the models in their order, then those among which best-of-n chooses.
    private IReadOnlyList<SampledResponses> AllResponses(IReadOnlyList<ModelScores> models) =>
        [.. models.Select(model => model.Responses), .. _candidates is null ? [] : (SampledResponses[])[_candidates]];
}
