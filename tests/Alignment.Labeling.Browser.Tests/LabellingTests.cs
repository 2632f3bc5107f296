using System.Diagnostics;
using Alignment.Data.Rows;
using Alignment.Labeling.Tasks;
using Alignment.Labeling.Votes;
using Microsoft.Playwright;

namespace Alignment.Labeling.Browser.Tests;

/// <summary>Voting, by keyboard and by mouse.</summary>
[Collection(Chromium.Name)]
public sealed class LabellingTests(Chromium chromium)
{
    [Fact]
    public async Task ByKeyboard_EverythingCanBeSaid()
    {
        await using var site = await Site.StartAsync(chromium, MadeTasks.Plain(6));
        var page = await site.SignInAsync("ada");
        var keys = page.Keyboard;

        // Nothing chosen: Enter says what is missing.
        var first = await site.TaskAsync(page);
        await keys.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#hint")).ToHaveTextAsync("Choose an answer, tie or both bad first.");

        // Left, much better. The other side first: the last word counts.
        await keys.PressAsync("ArrowRight");
        await keys.PressAsync("ArrowLeft");
        await keys.PressAsync("3");
        await Assertions.Expect(page.Locator("[data-place='0'] .badge")).ToHaveTextAsync("Best");
        await keys.PressAsync("Enter");
        await Site.AnotherTaskAsync(page, first);

        // A comment, confirmed from within; letters in it are no commands.
        var second = await site.TaskAsync(page);
        await keys.PressAsync("t");
        await keys.PressAsync("c");
        await keys.TypeAsync("both say the same, but tersely");
        await keys.PressAsync("Control+Enter");
        await Site.AnotherTaskAsync(page, second);

        var third = await site.TaskAsync(page);
        await keys.PressAsync("b");
        await keys.PressAsync("Enter");
        await Site.AnotherTaskAsync(page, third);

        var fourth = await site.TaskAsync(page);
        await keys.PressAsync("s");
        await Site.AnotherTaskAsync(page, fourth);
        await Site.SavedAsync(page);

        // Undo brings the skipped task back; now it is decided.
        var fifth = await site.TaskAsync(page);
        await keys.PressAsync("u");
        await Site.AnotherTaskAsync(page, fifth);
        (await site.TaskAsync(page)).Id.ShouldBe(fourth.Id);
        await keys.PressAsync("ArrowRight");
        await keys.PressAsync("Enter");
        await Assertions.Expect(page.Locator(".prompt-body")).ToHaveTextAsync(fifth.Prompt.ToString()!);
        await Site.SavedAsync(page);

        var votes = (await site.VotesAsync("ada")).ToDictionary(vote => vote.Task);
        votes.Count.ShouldBe(4);
        votes[first.Id].ShouldSatisfyAllConditions(
            vote => vote.Choice.ShouldBe(Verdict.Of(SideOrder.Of(1, first.Id, "ada", 2)[0])), vote => vote.Strength.ShouldBe(3), vote => vote.Seconds!.Value.ShouldBeInRange(0, 100), vote => vote.Origin.ShouldBe("page"));
        votes[second.Id].ShouldSatisfyAllConditions(vote => vote.Choice.ShouldBe(Verdict.Tie), vote => vote.Comment.ShouldBe("both say the same, but tersely"));
        votes[third.Id].Choice.ShouldBe(Verdict.BothBad);
        votes[fourth.Id].Choice.ShouldBe(Verdict.Of(SideOrder.Of(1, fourth.Id, "ada", 2)[1]));
        await Assertions.Expect(page.Locator("#progress-text")).ToHaveTextAsync("4 of 6");
        await site.CleanAsync(page);
    }

    [Fact]
    public async Task ByMouse_EverythingCanBeSaid()
    {
        await using var site = await Site.StartAsync(chromium, MadeTasks.Plain(3));
        var page = await site.SignInAsync("ada");
        var first = await site.TaskAsync(page);
        await Button(page, "B is better").ClickAsync();
        await Button(page, "Slightly").ClickAsync();
        await Button(page, "Comment").ClickAsync();
        await page.GetByLabel("Comment", new() { Exact = true }).FillAsync("shorter");
        await Button(page, "Confirm").ClickAsync();
        await Site.AnotherTaskAsync(page, first);
        var second = await site.TaskAsync(page);
        await Button(page, "Undo").ClickAsync();
        await Site.AnotherTaskAsync(page, second);
        await Button(page, "Tie").ClickAsync();
        await page.Keyboard.PressAsync("Enter"); // the button is pressed already: this confirms
        await Assertions.Expect(page.Locator(".prompt-body")).ToHaveTextAsync(second.Prompt.ToString()!);
        await Button(page, "Both bad").ClickAsync();
        await Button(page, "Confirm").ClickAsync();
        await Site.AnotherTaskAsync(page, second);
        await Button(page, "Skip").ClickAsync();
        await Assertions.Expect(page.Locator("#rest h1")).ToHaveTextAsync("All done");
        await Site.SavedAsync(page);
        await Assertions.Expect(page.Locator("#progress-text")).ToHaveTextAsync("2 of 2"); // what is skipped is no longer one's own
        await Site.PictureAsync(page, "all-done");
        (await site.VotesAsync("ada")).ToDictionary(vote => vote.Task, vote => vote.Choice).ShouldSatisfyAllConditions(
            votes => votes[first.Id].ShouldBe(Verdict.Tie), votes => votes[second.Id].ShouldBe(Verdict.BothBad), votes => votes.Count.ShouldBe(3));

        // From the last screen, too, the last vote can be taken back.
        await Button(page, "Undo the last vote").ClickAsync();
        await page.Locator("#prompt-title").WaitForAsync();
        (await site.VotesAsync("ada")).Count.ShouldBe(2);
        await site.CleanAsync(page);
    }

    [Fact]
    public async Task ManyAnswers_AreRanked_OrTheBestNamed()
    {
        await using var site = await Site.StartAsync(chromium, [MadeTasks.Rich(candidates: 4), MadeTasks.Plain(1, candidates: 4), MadeTasks.Plain(2, candidates: 3)]);
        var page = await site.SignInAsync("ada");
        foreach (var key in "314")
        {
            await page.Keyboard.PressAsync($"{key}");
        }

        await page.Keyboard.PressAsync("4"); // again takes it out
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#hint")).ToHaveTextAsync("Rank all 4 answers, or only the best one.");
        await page.Keyboard.PressAsync("2");
        await Site.PictureAsync(page, "many");
        await page.Keyboard.PressAsync("Enter"); // the fourth place is what is left
        await Assertions.Expect(page.Locator(".prompt-body")).ToHaveTextAsync("Question 1?");
        await Button(page, "2 is best").ClickAsync();
        await Button(page, "Confirm").ClickAsync();
        await Assertions.Expect(page.Locator(".prompt-body")).ToHaveTextAsync("Question 2?");
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.PressAsync("Space");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("#rest").WaitForAsync();
        await Site.SavedAsync(page);

        var votes = (await site.VotesAsync("ada")).ToDictionary(vote => vote.Task);
        var (rich, four, three) = (SideOrder.Of(1, "rich", "ada", 4), SideOrder.Of(1, "t1", "ada", 4), SideOrder.Of(1, "t2", "ada", 3));
        votes["rich"].Ranking.ShouldBe([rich[2], rich[0], rich[1], rich[3]]);
        votes["rich"].Choice.ShouldBe(Verdict.Of(rich[2]));
        votes["t1"].ShouldSatisfyAllConditions(vote => vote.Choice.ShouldBe(Verdict.Of(four[1])), vote => vote.Ranking.ShouldBeNull());
        votes["t2"].Choice.ShouldBe(Verdict.Of(three[1]));
        await site.CleanAsync(page);
    }

    [Fact]
    public async Task ReloadedPage_ShowsTheSameTask_AndCanStillUndo()
    {
        await using var site = await Site.StartAsync(chromium, MadeTasks.Plain(5));
        var page = await site.SignInAsync("ada");
        var first = await site.TaskAsync(page);
        await page.Keyboard.PressAsync("t");
        await page.Keyboard.PressAsync("Enter");
        await Site.AnotherTaskAsync(page, first);
        await Site.SavedAsync(page);
        var second = await site.TaskAsync(page);
        await page.ReloadAsync();
        await page.Locator("#prompt-title").WaitForAsync();
        (await site.TaskAsync(page)).Id.ShouldBe(second.Id);
        await page.Keyboard.PressAsync("u");
        await Assertions.Expect(page.Locator(".prompt-body")).ToHaveTextAsync(first.Prompt.ToString()!);
        (await site.VotesAsync("ada")).ShouldBeEmpty();
    }

    [Fact]
    public async Task TheTime_StandsStillWhileThePageIsHidden()
    {
        await using var site = await Site.StartAsync(chromium, MadeTasks.Plain(1));
        var begun = Stopwatch.GetTimestamp();
        var page = await site.SignInAsync("ada");
        await page.EvaluateAsync("() => { Object.defineProperty(document, 'hidden', { get: () => window.away, configurable: true }); window.away = true; document.dispatchEvent(new Event('visibilitychange')); }");
        await Task.Delay(2000);
        await page.EvaluateAsync("() => { window.away = false; document.dispatchEvent(new Event('visibilitychange')); }");
        await page.Keyboard.PressAsync("t");
        await page.Keyboard.PressAsync("Enter");
        await Site.SavedAsync(page);
        (await site.VotesAsync("ada")).Single().Seconds!.Value.ShouldBeLessThan(Stopwatch.GetElapsedTime(begun).TotalSeconds - 1.9);
    }

    [Fact]
    public async Task ATaskThatTookTooLong_IsSomebodyElses()
    {
        await using var site = await Site.StartAsync(chromium, MadeTasks.Plain(1), assignmentMinutes: 0.02);
        var page = await site.SignInAsync("ada");
        var task = await site.TaskAsync(page);
        await Task.Delay(1300);
        (await site.Store.AssignAsync("bob")).Single().Task.Id.ShouldBe(task.Id);
        await site.Store.AddVotesAsync([new() { Id = "bob's", Task = task.Id, Annotator = "bob", Choice = Verdict.Tie, At = TimeProvider.System.GetUtcNow() }]);
        await page.Keyboard.PressAsync("t");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#rest h1")).ToHaveTextAsync("All done");
        await Assertions.Expect(page.Locator("#notice")).ToContainTextAsync("somebody else");
        (await site.Store.VotesAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task ATaskThatTookLong_IsStillOnesOwn_WhenNobodyElseTookIt()
    {
        await using var site = await Site.StartAsync(chromium, MadeTasks.Plain(1), assignmentMinutes: 0.01);
        var page = await site.SignInAsync("ada");
        await Task.Delay(700);
        await page.Keyboard.PressAsync("t");
        await page.Keyboard.PressAsync("Enter");
        await Site.SavedAsync(page);
        (await site.VotesAsync("ada")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Conversations_AreShownTurnByTurn_AndLongAnswersScrollAlone()
    {
        Content prompt = new Message[] { new("system", "Be brief."), new("user", "What is **copper**?"), new("assistant", "A metal."), new("user", "And tin?") };
        var answer = string.Join("\n\n", Enumerable.Range(1, 200).Select(i => $"Paragraph {i} of a very long answer."));
        await using var site = await Site.StartAsync(chromium, [new LabelTask { Id = "chat", Prompt = prompt, Candidates = [new(answer), new("Also a metal.")] }]);
        var page = await site.SignInAsync("ada");
        (await page.Locator(".turn-role").AllInnerTextsAsync()).ShouldBe(["system", "user", "assistant", "user"]);
        await Assertions.Expect(page.Locator(".turn strong")).ToHaveTextAsync("copper");
        var size = await page.EvaluateAsync<double[]>("() => { const long = [...document.querySelectorAll('.answer-body')].find((one) => one.textContent.length > 500); return [long.scrollHeight, long.clientHeight, innerHeight]; }");
        size[0].ShouldBeGreaterThan(size[1] * 2);
        size[1].ShouldBeLessThan(size[2]);
        foreach (var button in (string[])["A is better", "B is better", "Confirm"])
        {
            await Assertions.Expect(Button(page, button)).ToBeInViewportAsync(new() { Ratio = 1 });
        }

        await Site.PictureAsync(page, "conversation");
        await site.CleanAsync(page);
    }

    [Fact]
    public async Task TwoAnnotatorsAtOnce_NeverGetMoreThanTheOverlap()
    {
        await using var site = await Site.StartAsync(chromium, [.. MadeTasks.Plain(8), MadeTasks.Plain(8, overlap: 2), MadeTasks.Plain(9, overlap: 2)]);
        var pages = await Task.WhenAll(site.SignInAsync("ada"), site.SignInAsync("bob"));
        await Task.WhenAll(pages.Select(async page =>
        {
            while (await page.Locator("#prompt-title").CountAsync() > 0)
            {
                var before = await page.Locator(".prompt-body").InnerTextAsync(new() { Timeout = 1000 }).ContinueWith(text => text.IsCompletedSuccessfully ? text.Result : "");
                await page.Keyboard.PressAsync("ArrowLeft");
                await page.Keyboard.PressAsync("Enter");
                await Assertions.Expect(page.Locator($".prompt-body:has-text('{before}')")).ToHaveCountAsync(0);
                await page.Locator("#prompt-title, #rest h1:has-text('All done')").First.WaitForAsync();
            }

            await Site.SavedAsync(page);
        }));
        var votes = await site.Store.VotesAsync();
        var tasks = (await site.Store.TasksAsync()).ToDictionary(task => task.Id);
        votes.CountBy(vote => vote.Task).ShouldAllBe(pair => pair.Value == tasks[pair.Key].Overlap);
        votes.Count.ShouldBe(12);
        await site.CleanAsync(pages);
    }

    private static ILocator Button(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });
}
