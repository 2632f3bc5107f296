using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Labeling.Tasks;

namespace Alignment.Labeling.Sampling;

/// <summary>Chooses which candidates of each prompt are worth a task.</summary>
internal sealed class CandidateChoice
{
    private readonly IReadOnlyList<PromptPool> _prompts;
    private readonly SelectionOptions _options;
    private readonly double[] _scales;

    public CandidateChoice(CandidatePool pool, SelectionOptions options)
    {
        _options = options;
        _prompts = [.. pool.Prompts.Where(prompt => prompt.Candidates.Count >= options.Candidates)];
        var models = _prompts.Select(prompt => prompt.Rewards.Count).DefaultIfEmpty(0).Min();
        var needed = options.Select switch { SelectionKind.Margin => 1, SelectionKind.Disagreement => 2, _ => 0 };
        if (_prompts.Count > 0 && models < needed)
        {
            throw new InvalidDataException(needed == 1
                ? "choosing by margin needs the rewards of a reward model: give one with --reward-model"
                : "choosing by disagreement needs two reward models or more: give each with --reward-model");
        }

        // Reward models have scales of their own: differences are taken in units of their spread.
        _scales = [.. Enumerable.Range(0, models).Select(model => Math.Max(1e-12, Math.Sqrt(_prompts.SelectMany(prompt => prompt.Rewards[model].Zip(prompt.Rewards[model].Skip(1)))
            .Select(pair => (pair.First - pair.Second) * (pair.First - pair.Second)).DefaultIfEmpty(1).Average())))];
    }

    public IEnumerable<LabelTask> Make()
    {
        var all = _prompts.SelectMany((prompt, i) => Ranked(prompt, i).Take(_options.PerPrompt)).ToArray();
        all = TaskSelection.Shuffled(all, _options.Seed, "prompts");
        IEnumerable<(PromptPool Prompt, int[] Chosen, double Score)> kept = _options.Select == SelectionKind.Random ? all : all.OrderBy(one => one.Score);
        return kept.Take(_options.Tasks ?? int.MaxValue).Select(Task);
    }

    // The best first; of equally good ones any.
    private IEnumerable<(PromptPool Prompt, int[] Chosen, double Score)> Ranked(PromptPool prompt, int number)
    {
        var sets = _options.Candidates == 2 ? Pairs(prompt.Candidates.Count) : Sets(prompt, number);
        return TaskSelection.Shuffled([.. sets], _options.Seed, $"candidates/{number}")
            .Select(chosen => (prompt, chosen, Score(prompt, chosen))).OrderBy(one => one.Item3);
    }

    private double Score(PromptPool prompt, int[] chosen) => _options.Select switch
    {
        SelectionKind.Margin => Together(prompt) is var rewards ? chosen.Max(i => rewards[i]) - chosen.Min(i => rewards[i]) : 0,
        SelectionKind.Disagreement => -Spread([.. _scales.Select((scale, model) => (prompt.Rewards[model][chosen[0]] - prompt.Rewards[model][chosen[1]]) / scale)]),
        _ => -chosen.Select(i => prompt.Candidates[i].Model).Distinct().Count(),
    };

    private double[] Together(PromptPool prompt) => RewardModelFolder.Together(prompt.Rewards, _options.RewardAggregation, _options.RewardConfidence);

    private static double Spread(double[] differences)
    {
        var mean = differences.Average();
        return Math.Sqrt(differences.Average(difference => (difference - mean) * (difference - mean)));
    }

    private static IEnumerable<int[]> Pairs(int count) =>
        from i in Enumerable.Range(0, count)
        from j in Enumerable.Range(i + 1, count - i - 1)
        select new[] { i, j };

    // Random sets of K, or by margin those that are neighbours in reward.
    private IEnumerable<int[]> Sets(PromptPool prompt, int number)
    {
        var (count, size) = (prompt.Candidates.Count, _options.Candidates);
        if (_options.Select == SelectionKind.Margin)
        {
            var rewards = Together(prompt);
            int[] sorted = [.. Enumerable.Range(0, count).OrderBy(i => rewards[i])];
            return Enumerable.Range(0, count - size + 1).Select(start => sorted[start..(start + size)].Order().ToArray());
        }

        return Enumerable.Range(0, _options.PerPrompt)
            .Select(draw => TaskSelection.Shuffled([.. Enumerable.Range(0, count)], _options.Seed, $"set/{number}/{draw}")[..size].Order().ToArray())
            .DistinctBy(set => string.Join(' ', set));
    }

    private LabelTask Task((PromptPool Prompt, int[] Chosen, double Score) one)
    {
        var (prompt, chosen, score) = one;
        var meta = (JsonObject?)prompt.Meta?.DeepClone() ?? [];
        if (_options.Select != SelectionKind.Random)
        {
            meta[_options.Select == SelectionKind.Margin ? "reward_margin" : "reward_disagreement"] = Math.Round(Math.Abs(score), 6);
        }

        var rewards = prompt.Rewards.Count > 0 ? Together(prompt) : null;
        Candidate[] candidates = [.. chosen.Select(i => rewards is null ? prompt.Candidates[i] : prompt.Candidates[i] with { Reward = Math.Round(rewards[i], 6) })];
        return TaskSelection.Task(prompt.Prompt, candidates, meta.Count > 0 ? meta : null);
    }
}
