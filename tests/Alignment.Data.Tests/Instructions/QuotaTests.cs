using Alignment.Data.Instructions;

namespace Alignment.Data.Tests.Instructions;

public sealed class QuotaTests
{
    [Fact]
    public void Next_AnyCounts_DealsExactlyThese()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var quota = new Quota([3, 0, 5, 1], Draws.Stream(seed, "test"));
            var dealt = Enumerable.Range(0, 9).Select(_ => quota.Next()).ToList();

            dealt.Count(i => i == 0).ShouldBe(3);
            dealt.Count(i => i == 2).ShouldBe(5);
            dealt.Count(i => i == 3).ShouldBe(1);
            quota.Next().ShouldBe(-1);
        }
    }

    [Fact]
    public void Next_ManySeeds_EveryPlaceHasTheSameChance()
    {
        // 2 of 8 places, 4000 times: each place is taken 1000 times on average; four standard errors are 4·√(4000·¼·¾) = 110.
        var taken = new int[8];
        for (var seed = 0; seed < 4000; seed++)
        {
            var quota = new Quota([2, 6], Draws.Stream(seed, "places"));
            for (var i = 0; i < 8; i++)
            {
                taken[i] += quota.Next() == 0 ? 1 : 0;
            }
        }

        taken.ShouldAllBe(count => Math.Abs(count - 1000) < 110);
    }

    [Fact]
    public void Apportion_Remainders_GoToThoseThatLostMost()
    {
        // 10·(1, 1, 1)/3 = 3.33 each: one left, to the first. 7·(5, 3, 2)/10 = 3.5, 2.1, 1.4: one left, to the first.
        Quota.Apportion([1, 1, 1], 10).ShouldBe([4, 3, 3]);
        Quota.Apportion([5, 3, 2], 7).ShouldBe([4, 2, 1]);
        Quota.Apportion([0, 2], 5).ShouldBe([0, 5]);
    }
}
