using Alignment.Core.Models;

namespace Alignment.Labeling.Sampling;

/// <summary>How tasks are made of answers.</summary>
public sealed record SelectionOptions
{
    /// <summary>Candidates of a task, K.</summary>
    public int Candidates { get; init; } = 2;

    /// <summary>Which candidates become a task.</summary>
    public SelectionKind Select { get; init; } = SelectionKind.Random;

    /// <summary>How several reward models are put together, and the heads of each; null: models by their mean, heads as their folder says.</summary>
    public RewardAggregation? RewardAggregation { get; init; }

    /// <summary>c of lower_confidence among several models.</summary>
    public double RewardConfidence { get; init; } = 1;

    /// <summary>The most tasks of a prompt.</summary>
    public int PerPrompt { get; init; } = 1;

    /// <summary>The most tasks; null for as many as there are.</summary>
    public int? Tasks { get; init; }

    /// <summary>How many annotators decide a task of the overlap share.</summary>
    public int Overlap { get; init; } = 1;

    /// <summary>The share of tasks with that overlap; one annotator decides each of the others.</summary>
    public double OverlapShare { get; init; } = 1;

    /// <summary>The share of gold tasks among all.</summary>
    public double GoldShare { get; init; } = 0.1;

    /// <summary>Of everything random.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Every rule that is broken.</summary>
    /// <returns>One sentence per problem, each beginning with the option's name.</returns>
    public IEnumerable<string> Problems()
    {
        if (Candidates is < 2 or > Labeling.Tasks.LabelTask.MostCandidates)
        {
            yield return $"candidates is {Candidates}; it must be from 2 to {Labeling.Tasks.LabelTask.MostCandidates}";
        }

        if (Select == SelectionKind.Disagreement && Candidates != 2)
        {
            yield return $"select is disagreement, which is of pairs, but candidates is {Candidates}; take 2 candidates, or random or margin";
        }

        foreach (var (name, value) in new[] { ("per_prompt", PerPrompt), ("tasks", Tasks ?? 1), ("overlap", Overlap) })
        {
            if (value < 1)
            {
                yield return $"{name} is {value}; it must be at least 1";
            }
        }

        if (OverlapShare is not (>= 0 and <= 1))
        {
            yield return $"overlap_share is {OverlapShare}; it must be from 0 to 1";
        }

        if (GoldShare is not (>= 0 and < 1))
        {
            yield return $"gold_share is {GoldShare}; it must be at least 0 and below 1";
        }
    }
}
