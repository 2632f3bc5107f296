using System.ComponentModel;
using Alignment.Data.Rewards;
using Alignment.Training.Options;

namespace Alignment.Labeling.Stages;

/// <summary>Options of a stage of kind <c>label-annotate</c>.</summary>
public sealed record LabelAnnotateOptions : IValidatedOptions
{
    /// <summary>The project.</summary>
    [InputPath]
    [Description("labelling project without votes, such as stage:export/project")]
    public required string Project { get; init; }

    /// <summary>Who votes.</summary>
    [Description("name: share of votes in which this scripted annotator errs, for each of them")]
    public required IReadOnlyDictionary<string, double> Annotators { get; init; }

    /// <summary>What they go by.</summary>
    [Description("terms of the rule that the annotators follow, a function of the answer's text; columns are the prompts'")]
    public required IReadOnlyList<RewardSpec> Rewards { get; init; }

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        if (Annotators.Count == 0)
        {
            yield return "annotators is empty; name at least one";
        }

        foreach (var (name, share) in Annotators)
        {
            if (string.IsNullOrWhiteSpace(name) || name.Length > Votes.Vote.LongestAnnotator || name.Any(char.IsControl))
            {
                yield return $"annotators has the name '{name}'; it must be 1 to {Votes.Vote.LongestAnnotator} characters without control characters";
            }

            if (share is not (>= 0 and <= 1))
            {
                yield return $"annotators.{name} is {share}; it must be from 0 to 1";
            }
        }

        foreach (var problem in TextReward.Problems(Rewards, countsTokens: false))
        {
            yield return $"rewards: {problem}";
        }
    }
}
