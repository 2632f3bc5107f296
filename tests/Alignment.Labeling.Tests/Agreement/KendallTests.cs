using Alignment.Labeling.Agreement;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Tests.Agreement;

public class KendallTests
{
    // Candidates from the best to the worst, of each candidate's rank from 1.
    private static int[] Order(params int[] ranks) => [.. ranks.Index().OrderBy(one => one.Item).Select(one => one.Index)];

    [Fact]
    public void Tau_IsTheTextbooks()
    {
        // Siegel, Nonparametric Statistics (1956), p. 217: ranks of twelve students on authoritarianism and on social status strivings, S = 44, tau = .67
        Kendall.Tau(Order(2, 6, 5, 1, 10, 9, 8, 3, 4, 12, 7, 11), Order(3, 4, 2, 1, 8, 11, 10, 6, 7, 12, 5, 9)).ShouldBe(44 / 66.0, 1e-12);
        Kendall.Tau([0, 1, 2], [2, 1, 0]).ShouldBe(-1);
        Kendall.Tau([3, 1, 0, 2], [3, 1, 0, 2]).ShouldBe(1);
        Kendall.Tau([0, 1, 2, 3], [0, 1, 3, 2]).ShouldBe(4 / 6.0, 1e-12); // one of six pairs is discordant
    }

    [Fact]
    public void W_IsTheTextbooks()
    {
        // Siegel 1956, p. 230: three executives rank six applicants; rank sums 8, 14, 11, 11, 11, 8, S = 25.5, W = .16
        var w = Kendall.W([Order(1, 6, 3, 2, 5, 4), Order(1, 5, 6, 4, 2, 3), Order(6, 3, 2, 5, 4, 1)]);
        w.ShouldBe(25.5 / 157.5, 1e-12);
        Math.Round(w, 2).ShouldBe(0.16);
        Kendall.W([[1, 0, 2], [1, 0, 2], [1, 0, 2]]).ShouldBe(1, 1e-12);
    }

    [Fact]
    public void Of_TakesTasksWithTwoRankings()
    {
        Vote Ranked(string task, string annotator, params int[] ranking) => Made.Vote(task, annotator, Verdict.Of(ranking[0])) with { Ranking = ranking };
        var tasks = VotedTask.Join(
            [Made.Task("a", candidates: 3), Made.Task("b", candidates: 3), Made.Task("c", candidates: 3)],
            [
                Ranked("a", "ada", 0, 1, 2), Ranked("a", "bob", 0, 1, 2), Made.Vote("a", "cyd"), // τ = W = 1; cyd names the best only
                Ranked("b", "ada", 0, 1, 2), Ranked("b", "bob", 2, 1, 0), // τ = −1, W = 0
                Ranked("c", "ada", 0, 1, 2),
            ]);
        var result = Kendall.Of(tasks, new Resampling(1, 50));
        (result.Tasks, result.Tau!.Value.Mean, result.W!.Value.Mean).ShouldBe((2, 0, 0.5));
        Kendall.Of([tasks[2]], new Resampling(1, 50)).ShouldBe(new(null, null, 0));
    }
}
