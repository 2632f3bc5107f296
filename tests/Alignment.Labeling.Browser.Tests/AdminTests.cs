using Alignment.Labeling.Votes;
using Microsoft.Playwright;

namespace Alignment.Labeling.Browser.Tests;

/// <summary>What only admins see.</summary>
[Collection(Chromium.Name)]
public sealed class AdminTests(Chromium chromium)
{
    [Fact]
    public async Task SplitTasks_AreSettled_AndTheReportIsLive()
    {
        await using var site = await Site.StartAsync(chromium, [MadeTasks.Rich(overlap: 2), .. Enumerable.Range(0, 30).Select(i => MadeTasks.Plain(i, overlap: 2))]);
        await site.Store.AddVotesAsync([Vote("rich", "ada", 0) with { Strength = 2, Comment = "The example helps, and the table says it at a glance." }, Vote("rich", "bob", 1)]);
        await site.Store.AddVotesAsync([.. Enumerable.Range(0, 24).SelectMany(i => (Vote[])[Vote($"t{i}", "ada", i % 2), Vote($"t{i}", "bob", i % 5 == 0 ? 1 - (i % 2) : i % 2)])]);
        var page = await site.SignInAsync("eve", admin: true);
        (await page.EvaluateAsync<string>("() => location.href")).ShouldNotContain("token", customMessage: "the token leaves the address bar");

        await View(page, "Adjudicate").ClickAsync();
        await Assertions.Expect(page.Locator(".votes li")).ToHaveCountAsync(2);
        await Assertions.Expect(page.Locator("#progress-text")).ToHaveTextAsync("0 settled, 6 split");
        await Site.PictureAsync(page, "adjudicate");
        await page.Keyboard.PressAsync("ArrowLeft");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#progress-text")).ToHaveTextAsync("1 settled, 5 split");
        var settled = (await site.VotesAsync("eve")).Single();
        settled.ShouldSatisfyAllConditions(vote => vote.Adjudication.ShouldBeTrue(), vote => vote.Task.ShouldBe("rich"), vote => vote.Choice.ShouldBe(Verdict.Of(vote.Shown![0])));

        await page.Keyboard.PressAsync("u");
        await Assertions.Expect(page.Locator(".prompt-body")).ToContainTextAsync("Which sorting methods");
        (await site.VotesAsync("eve")).ShouldBeEmpty();
        await page.Keyboard.PressAsync("t");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#progress-text")).ToHaveTextAsync("1 settled, 5 split");

        await View(page, "Progress").ClickAsync();
        var tiles = page.Locator(".tile");
        await Assertions.Expect(tiles.Filter(new() { HasText = "votes" })).ToContainTextAsync("50");
        await Assertions.Expect(page.GetByRole(AriaRole.Row, new() { Name = "Krippendorff" })).ToContainTextAsync("[");
        await Site.PictureAsync(page, "admin");
        await site.Store.AddVotesAsync([Vote("t25", "ada", 0)]);
        await Assertions.Expect(tiles.Filter(new() { HasText = "votes" })).ToContainTextAsync("51");
        await page.GetByLabel("Switch between light and dark").ClickAsync();
        await Site.PictureAsync(page, "admin-dark");
        await site.CleanAsync(page);
    }

    [Fact]
    public async Task AnAnnotator_SeesNothingOfIt()
    {
        await using var site = await Site.StartAsync(chromium, MadeTasks.Plain(2));
        var page = await site.SignInAsync("ada");
        (await page.Locator("#views").IsVisibleAsync()).ShouldBeFalse();
        (await page.ContentAsync()).ShouldNotContain("secret-model");
    }

    private static ILocator View(IPage page, string name) => page.Locator("#views").GetByRole(AriaRole.Button, new() { Name = name });

    private static Vote Vote(string task, string annotator, int choice) => new()
    {
        Id = $"{task}/{annotator}",
        Task = task,
        Annotator = annotator,
        Choice = Verdict.Of(choice),
        Seconds = 9,
        Shown = choice == 0 ? [0, 1] : [1, 0],
        At = TimeProvider.System.GetUtcNow(),
    };
}
