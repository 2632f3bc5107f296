using Alignment.Labeling.Chat;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Judging;

/// <summary>What a judge did in one run.</summary>
public sealed record JudgeOutcome
{
    /// <summary>Why it stopped.</summary>
    public required JudgeStop Stop { get; init; }

    /// <summary>More about that; null when it is done.</summary>
    public string? Message { get; init; }

    /// <summary>Tasks that were to be judged.</summary>
    public required int Tasks { get; init; }

    /// <summary>Tasks on which the judge had a vote before.</summary>
    public required int Before { get; init; }

    /// <summary>Votes that were saved, in no order.</summary>
    public required IReadOnlyList<Vote> Votes { get; init; }

    /// <summary>Tasks without a verdict, except those that were not reached.</summary>
    public required IReadOnlyList<JudgeProblem> Problems { get; init; }

    /// <summary>Answers that were asked for and came.</summary>
    public required int Asked { get; init; }

    /// <summary>Answers that the journal had.</summary>
    public required int Known { get; init; }

    /// <summary>Answers that were no verdicts, so that it was asked again.</summary>
    public required int Repairs { get; init; }

    /// <summary>Samples without a verdict after that.</summary>
    public required int Unparsable { get; init; }

    /// <summary>What this run took.</summary>
    public required TokenUsage Usage { get; init; }

    /// <summary>What the judge took in all runs.</summary>
    public required TokenUsage Spent { get; init; }

    /// <summary>How its verdicts held when answers changed places.</summary>
    public OrderCheck Orders => Votes.Select(vote => vote.Orders).OfType<OrderCheck>().Aggregate(new OrderCheck(0, 0, 0, 0),
        (sum, one) => new(sum.Pairs + one.Pairs, sum.Differ + one.Differ, sum.First + one.First, sum.Last + one.Last));

    /// <summary>Votes of a kind.</summary>
    /// <param name="kind">The kind.</param>
    public int Count(VerdictKind kind) => Votes.Count(vote => vote.Choice.Kind == kind);
}
