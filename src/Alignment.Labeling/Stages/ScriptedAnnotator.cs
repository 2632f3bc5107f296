using Alignment.Core.Numerics;
using Alignment.Data.Rewards;
using Alignment.Labeling.Client;
using Alignment.Labeling.Tasks;

namespace Alignment.Labeling.Stages;

/// <summary>An annotator who follows a rule and errs at a known rate. What it says of a task is a function of the seed, its name and the task.</summary>
/// <param name="name">The name.</param>
/// <param name="errors">The share of votes in which it errs.</param>
/// <param name="rule">The higher score is better; equal scores are a tie.</param>
/// <param name="seed">Of the errors.</param>
internal sealed class ScriptedAnnotator(string name, double errors, WeightedSumReward rule, long seed)
{
    /// <summary>The vote on a task.</summary>
    /// <param name="item">The task as the page shows it.</param>
    /// <param name="task">The task, for the columns that the rule needs.</param>
    public PageVote Vote(PageItem item, LabelTask task)
    {
        var random = new Random(unchecked((int)Seeds.Derive(seed, $"annotate/{name}/{task.Id}")));
        double[] scores = [.. item.Answers.Select(answer => rule.Score(item.Prompt, answer, task.Meta ?? [], task.Id))];
        var (errs, other) = (random.NextDouble() < errors, random.Next(scores.Length - 1));
        int[] places = [.. Enumerable.Range(0, scores.Length).OrderByDescending(place => scores[place])];
        var tied = places.Where(place => scores[place] == scores[places[0]]).ToArray();
        var isTie = tied.Length == places.Length && !errs;
        if (errs)
        {
            // Somebody else's answer comes first; of a tie, anybody's.
            (places[0], places[other + 1]) = (places[other + 1], places[0]);
        }

        return new PageVote($"{task.Id}/{name}", item.Task, isTie ? "tie" : places[0])
        {
            Ranking = places.Length > 2 && !isTie && scores.Distinct().Count() == scores.Length ? places : null,
            Shown = item.Order,
        };
    }
}
