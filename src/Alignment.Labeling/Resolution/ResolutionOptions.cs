namespace Alignment.Labeling.Resolution;

/// <summary>How votes become preference rows.</summary>
public sealed record ResolutionOptions
{
    /// <summary>How several votes become one verdict.</summary>
    public ResolutionMethod Method { get; init; } = ResolutionMethod.Majority;

    /// <summary>What a row's label says.</summary>
    public LabelKind Labels { get; init; } = LabelKind.Hard;

    /// <summary>The fewest votes of a task, skips left out.</summary>
    public int MinVotes { get; init; } = 1;

    /// <summary>The share that the verdict must have; below it the task is split.</summary>
    public double MinShare { get; init; }

    /// <summary>Whether ties become rows with label 0.5.</summary>
    public bool Ties { get; init; } = true;

    /// <summary>Whether gold tasks become rows too. They are what annotators are measured by, not what they are asked for.</summary>
    public bool Gold { get; init; }

    /// <summary>Every rule that is broken.</summary>
    /// <returns>One sentence per problem, each beginning with the option's name.</returns>
    public IEnumerable<string> Problems()
    {
        if (MinVotes < 1)
        {
            yield return $"min_votes is {MinVotes}; it must be at least 1";
        }

        if (MinShare is not (>= 0 and <= 1))
        {
            yield return $"min_share is {MinShare}; it must be from 0 to 1";
        }
    }
}
