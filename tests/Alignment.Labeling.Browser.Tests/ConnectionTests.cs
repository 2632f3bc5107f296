using Microsoft.Playwright;

namespace Alignment.Labeling.Browser.Tests;

/// <summary>Lost connections, lost answers, a server that is started again.</summary>
[Collection(Chromium.Name)]
public sealed class ConnectionTests(Chromium chromium)
{
    private const string Votes = "**/api/votes";

    [Fact]
    public async Task Offline_VotesWait_AndAreSentOnceWhenItIsBack()
    {
        await using var site = await Site.StartAsync(chromium, MadeTasks.Plain(8));
        var page = await site.SignInAsync("ada");
        await page.Context.SetOfflineAsync(true);
        await VoteAsync(site, page, 3);
        await Assertions.Expect(page.Locator("#save-state")).ToHaveTextAsync("3 waiting");
        await Site.PictureAsync(page, "waiting");
        (await site.VotesAsync("ada")).ShouldBeEmpty();
        await page.Context.SetOfflineAsync(false);
        await Site.SavedAsync(page);
        (await site.VotesAsync("ada")).Count.ShouldBe(3);
        await VoteAsync(site, page, 1);
        await Site.SavedAsync(page);
        (await site.VotesAsync("ada")).Select(vote => vote.Task).ShouldBeUnique();
        await site.CleanAsync(page);
    }

    [Fact]
    public async Task WaitingVotes_SurviveAReload_AndTheEndOfTheServer()
    {
        await using var site = await Site.StartAsync(chromium, MadeTasks.Plain(8));
        var page = await site.SignInAsync("ada");
        await page.RouteAsync(Votes, route => route.AbortAsync());
        await VoteAsync(site, page, 2);
        await Assertions.Expect(page.Locator("#save-state")).ToHaveTextAsync("2 waiting");
        await page.ReloadAsync();
        await page.Locator("#prompt-title").WaitForAsync();
        await Assertions.Expect(page.Locator("#save-state")).ToHaveTextAsync("2 waiting");
        await site.StopAsync();
        await page.UnrouteAsync(Votes);
        await VoteAsync(site, page, 1);
        await Assertions.Expect(page.Locator("#save-state")).ToHaveTextAsync("3 waiting");
        (await site.VotesAsync("ada")).ShouldBeEmpty();

        // The server that is started again knows no session; the page gives the name once more by itself.
        await site.RestartAsync();
        await Site.SavedAsync(page);
        var votes = await site.VotesAsync("ada");
        votes.Count.ShouldBe(3);
        votes.Select(vote => vote.Task).ShouldBeUnique();
        site.Trouble.ShouldBeEmpty();
    }

    [Fact]
    public async Task ALostAnswer_IsAskedForAgain_AndTheVoteSavedOnce()
    {
        await using var site = await Site.StartAsync(chromium, MadeTasks.Plain(4));
        var page = await site.SignInAsync("ada");
        var lost = 0;
        await page.RouteAsync(Votes, async route =>
        {
            if (Interlocked.Increment(ref lost) <= 2)
            {
                await route.FetchAsync();
                await route.AbortAsync();
            }
            else
            {
                await route.ContinueAsync();
            }
        });
        await VoteAsync(site, page, 1);
        await Site.SavedAsync(page);
        lost.ShouldBeGreaterThan(2);
        (await site.VotesAsync("ada")).Count.ShouldBe(1);
        (await page.Locator("#notice").IsVisibleAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task UndoWithoutAConnection_IsRefused_AndTheVoteStays()
    {
        await using var site = await Site.StartAsync(chromium, MadeTasks.Plain(4));
        var page = await site.SignInAsync("ada");
        await VoteAsync(site, page, 1);
        await Site.SavedAsync(page);
        await page.Context.SetOfflineAsync(true);
        await page.Keyboard.PressAsync("u");
        await Assertions.Expect(page.Locator("#notice")).ToContainTextAsync("cannot be undone now");
        await page.Context.SetOfflineAsync(false);
        (await site.VotesAsync("ada")).Count.ShouldBe(1);
        await page.Keyboard.PressAsync("u");
        await Assertions.Expect(page.Locator("#live")).ToContainTextAsync("Undone");
        (await site.VotesAsync("ada")).ShouldBeEmpty();
    }

    [Fact]
    public async Task AVoteThatIsRefused_IsSaid_AndHoldsUpNothing()
    {
        await using var site = await Site.StartAsync(chromium, MadeTasks.Plain(4));
        var page = await site.SignInAsync("ada");
        var task = await site.TaskAsync(page);
        await site.Store.AddVotesAsync([new() { Id = "elsewhere", Task = task.Id, Annotator = "ada", Choice = Labeling.Votes.Verdict.Tie, At = TimeProvider.System.GetUtcNow() }]);
        await VoteAsync(site, page, 2);
        await Site.SavedAsync(page);
        await Assertions.Expect(page.Locator("#notice")).ToContainTextAsync("A vote was not taken");
        (await site.VotesAsync("ada")).Count.ShouldBe(2);
    }

    private static async Task VoteAsync(Site site, IPage page, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var task = await site.TaskAsync(page);
            await page.Keyboard.PressAsync("ArrowLeft");
            await page.Keyboard.PressAsync("Enter");
            await Site.AnotherTaskAsync(page, task);
        }
    }
}
