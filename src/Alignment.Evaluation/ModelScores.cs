namespace Alignment.Evaluation;

/// <summary>All that is known of one model. Lists have one entry for each response, in the order of <see cref="SampledResponses"/>.</summary>
internal sealed record ModelScores
{
    /// <summary>The name in the options.</summary>
    public required string Name { get; init; }

    /// <summary>What it responded.</summary>
    public required SampledResponses Responses { get; init; }

    /// <summary>The responses as text, without special tokens.</summary>
    public required IReadOnlyList<string> Texts { get; init; }

    /// <summary>log π of each response, in nats.</summary>
    public required double[] LogProbs { get; init; }

    /// <summary>log π_ref of each response, in nats.</summary>
    public required double[] ReferenceLogProbs { get; init; }

    /// <summary>The gold reward; null without one.</summary>
    public double[]? Gold { get; init; }

    /// <summary>Each term of the gold reward, unweighted, by name; null without one.</summary>
    public IReadOnlyList<(string Name, double[] Scores)>? Terms { get; init; }

    /// <summary>The normalised reward of the reward model; null without one.</summary>
    public double[]? Rewards { get; init; }

    /// <summary>The normalised reward of the held-out reward model; null without one.</summary>
    public double[]? HeldOutRewards { get; init; }

    /// <summary>1 for each row of choices whose right one has the highest log-probability, else 0; null without such rows.</summary>
    public double[]? ChoicesRight { get; init; }
}
