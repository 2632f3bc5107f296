using Alignment.Labeling.Judging;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Tests.Judging;

public class ConsensusTests
{
    // "0:2" is candidate 0 with strength 2.
    private static JudgeAnswer Answer(string text)
    {
        var parts = text.Split(':');
        Verdict.TryParse(parts[0], out var verdict).ShouldBeTrue();
        return new(verdict, parts.Length > 1 ? int.Parse(parts[1]) : null, $"because {text}");
    }

    private static string Show(JudgeAnswer answer) => answer.Strength is { } strength ? $"{answer.Choice}:{strength}" : $"{answer.Choice}";

    private static PairVerdict Pair(int low, int high, string both) => Consensus.OfOrders(low, high, Answer(both), Answer(both));

    [Theory]
    [InlineData("0:1 0:3 1:3", "0:2")]
    [InlineData("0:1 1:1", "tie")]
    [InlineData("0:1 1:1 tie", "tie")]
    [InlineData("both_bad both_bad 0:3", "both_bad")]
    [InlineData("0 0 1:1", "0")]
    public void Majority_NeedsMoreThanAnyOther(string samples, string expected) => Show(Consensus.OfSamples([.. samples.Split(' ').Select(Answer)], SampleRule.Majority, 0, 1)).ShouldBe(expected);

    [Theory]
    [InlineData("0:1 0:1 1:3", "tie")] // (1 + 1 − 3) / 3 = −1/3
    [InlineData("0:1 1:3 1:3", "1:2")] // −5/3
    [InlineData("0:1 tie", "0:1")] // 1/2 rounds away from 0
    [InlineData("both_bad both_bad 0:3", "both_bad")]
    [InlineData("both_bad 0:3", "0:2")] // 3/2
    [InlineData("0 0", "0:1")]
    public void Mean_RoundsTheStrength(string samples, string expected) => Show(Consensus.OfSamples([.. samples.Split(' ').Select(Answer)], SampleRule.Mean, 0, 1)).ShouldBe(expected);

    [Theory]
    [InlineData("0:1", "0:2", "0:2", false, false, false)] // 1.5 rounds away from 0
    [InlineData("0:3", "1:3", "tie", true, true, false)]
    [InlineData("1:3", "0:3", "tie", true, false, true)]
    [InlineData("0:3", "tie", "tie", true, false, false)]
    [InlineData("both_bad", "tie", "tie", true, false, false)]
    [InlineData("both_bad", "both_bad", "both_bad", false, false, false)]
    public void Orders_ThatDiffer_AreATie(string forward, string backward, string expected, bool differs, bool first, bool last)
    {
        var pair = Consensus.OfOrders(0, 1, Answer(forward), Answer(backward));
        (Show(pair.Verdict), pair.Differs, pair.IsFirst, pair.IsLast).ShouldBe((expected, differs, first, last));
        Consensus.Check([pair]).ShouldBe(new OrderCheck(1, differs ? 1 : 0, first ? 1 : 0, last ? 1 : 0));
    }

    [Theory]
    [InlineData("0:1 0:3 1:2", "0:2", "0 1 2")] // 0 beats both
    [InlineData("0:1 2:1 1:1", "tie", "")] // each beats one
    [InlineData("tie 0:3 1:3", "tie", "")] // 1.5, 1.5, 0
    [InlineData("tie 0:3 tie", "0:3", "0 1 2")] // 1.5, 1, 0.5
    [InlineData("both_bad both_bad both_bad", "both_bad", "")]
    [InlineData("both_bad both_bad 2:1", "2:1", "")] // 0, 0, 1
    public void Pairs_AreCounted(string verdicts, string expected, string ranking)
    {
        var three = verdicts.Split(' ');
        PairVerdict[] pairs = [Pair(0, 1, three[0]), Pair(0, 2, three[1]), Pair(1, 2, three[2])];
        Show(Consensus.OfPairs(pairs, 3)).ShouldBe(expected);
        string.Join(' ', Consensus.Ranking(pairs, 3) ?? []).ShouldBe(ranking);
    }
}
