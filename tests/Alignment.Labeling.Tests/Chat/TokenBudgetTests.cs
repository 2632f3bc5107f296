using Alignment.Labeling.Chat;

namespace Alignment.Labeling.Tests.Chat;

public class TokenBudgetTests
{
    private static readonly TokenUsage Ten = new(6, 4);

    [Fact]
    public async Task WhatIsInFlight_IsSetAside_AndAnotherWaitsForIt()
    {
        var budget = new TokenBudget(new BudgetLimits { MaxTokens = 25 });
        using var first = await budget.ReserveAsync(Ten, default);
        using var second = await budget.ReserveAsync(Ten, default);
        var third = budget.ReserveAsync(Ten, default); // 30 > 25
        third.IsCompleted.ShouldBeFalse();
        first.Settle(new TokenUsage(2, 1)); // 3 + 10 + 10 fit
        (await third).Settle(Ten);
        second.Settle(Ten);
        budget.Spent.Total.ShouldBe(23);

        // 23 + 10 > 25 and nobody is in flight: the end, for smaller ones too.
        (await Should.ThrowAsync<BudgetExhaustedException>(() => budget.ReserveAsync(Ten, default))).Message.ShouldContain("25 tokens");
        await Should.ThrowAsync<BudgetExhaustedException>(() => budget.ReserveAsync(new TokenUsage(1, 0), default));
    }

    [Fact]
    public async Task TheEnd_ReachesThoseWhoWait()
    {
        var budget = new TokenBudget(new BudgetLimits { MaxTokens = 15 });
        using var first = await budget.ReserveAsync(Ten, default);
        Task[] waiting = [budget.ReserveAsync(Ten, default), budget.ReserveAsync(Ten, default)];
        first.Settle(Ten);
        foreach (var one in waiting)
        {
            await Should.ThrowAsync<BudgetExhaustedException>(() => one);
        }
    }

    [Fact]
    public async Task Cost_IsCountedByPrices()
    {
        // 6 tokens at 1 and 4 at 10 the million: 0.000046.
        var limits = new BudgetLimits { MaxCost = 0.0001m, PriceIn = 1, PriceOut = 10 };
        limits.Cost(Ten).ShouldBe(0.000046m);
        var budget = new TokenBudget(limits, spent: Ten);
        (await budget.ReserveAsync(Ten, default)).Settle(Ten);
        (await Should.ThrowAsync<BudgetExhaustedException>(() => budget.ReserveAsync(Ten, default))).Message.ShouldContain("0.000092");
        new BudgetLimits { MaxCost = 1 }.Problems().Single().ShouldContain("price_in");
    }

    [Fact]
    public async Task WithoutAnAnswer_ItIsGivenBack_UnlessTheServerHasIt()
    {
        List<TokenUsage> lost = [];
        var budget = new TokenBudget(new BudgetLimits(), onLost: lost.Add);
        (await budget.ReserveAsync(Ten, default)).Dispose();
        budget.Spent.Total.ShouldBe(0);
        var charged = await budget.ReserveAsync(Ten, default);
        charged.IsCharged = true;
        charged.Dispose();
        charged.Dispose();
        (budget.Spent, lost.Single()).ShouldBe((Ten, Ten));
    }
}
