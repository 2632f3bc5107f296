using Alignment.Labeling.Tasks;
using Alignment.Labeling.Tests.Server;
using Alignment.Labeling.Votes;
using Microsoft.Playwright;

namespace Alignment.Labeling.Browser.Tests;

/// <summary>The corpus of hostile answers in a real browser: nothing runs, nothing is loaded, nothing is even tried that the policy would have to stop.</summary>
[Collection(Chromium.Name)]
public sealed class HostileAnswersTests(Chromium chromium)
{
    private const string Forbidden = "main script, main img, main iframe, main object, main embed, main link, main style, main form, main input, main video, main audio, main svg, main base, main meta, .content [style], .content [id], .raw *, #guidelines-text script, #guidelines-text img";

    [Fact]
    public async Task Answers_Prompts_Guidelines_DoNothing()
    {
        var tasks = XssCorpus.Texts.Chunk(LabelTask.MostCandidates).Select((texts, i) => new LabelTask { Id = $"x{i}", Prompt = string.Join("\n\n", texts), Candidates = [.. texts.Append($"harmless {i}").Take(16).Select(text => new Candidate(text))] }).ToList();
        await using var site = await Site.StartAsync(chromium, tasks, string.Join("\n\n", XssCorpus.Texts));
        var page = await site.SignInAsync("ada");
        for (var i = 0; i < tasks.Count; i++)
        {
            (await page.Locator(".answer").CountAsync()).ShouldBe(tasks[i].Candidates.Count);
            (await page.EvaluateAsync<string[]>("(forbidden) => [...document.querySelectorAll(forbidden)].map((one) => one.outerHTML)", Forbidden)).ShouldBeEmpty();
            (await page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('.content *')].flatMap((node) => [...node.attributes].filter((one) => one.name.startsWith('on') || (one.name === 'href' && !/^https?:/.test(one.value))).map((one) => node.outerHTML))")).ShouldBeEmpty();
            if (i == 0)
            {
                await Site.PictureAsync(page, "hostile");
            }

            // Everything that could be clicked or hovered by accident.
            foreach (var link in (await page.Locator(".content a").AllAsync()).Take(3))
            {
                await link.HoverAsync();
            }

            await page.EvaluateAsync("() => document.querySelectorAll('[aria-label^=\"Show the raw text\"]').forEach((button) => button.click())");
            (await page.Locator(".raw").CountAsync()).ShouldBe(tasks[i].Candidates.Count + 1);

            (await page.EvaluateAsync<string[]>("(forbidden) => [...document.querySelectorAll(forbidden)].map((one) => one.outerHTML)", Forbidden)).ShouldBeEmpty();
            await page.Keyboard.PressAsync("s");
            await Assertions.Expect(page.Locator(i + 1 < tasks.Count ? ".raw" : ".task")).ToHaveCountAsync(0);
        }

        await site.CleanAsync(page);
    }

    [Fact]
    public async Task Links_LeaveWithoutOpenerAndReferrer()
    {
        await using var site = await Site.StartAsync(chromium, [new LabelTask { Id = "t", Prompt = "p", Candidates = [new("[a](https://example.org/)"), new("b")] }]);
        var page = await site.SignInAsync("ada");
        await page.Context.RouteAsync("https://example.org/**", route => route.FulfillAsync(new() { Body = "<title>elsewhere</title>", ContentType = "text/html" }));
        var other = await page.RunAndWaitForPopupAsync(() => page.Locator(".content a").ClickAsync());
        await other.WaitForLoadStateAsync();
        (await other.EvaluateAsync<bool>("() => window.opener === null && document.referrer === ''")).ShouldBeTrue();
        await other.CloseAsync();
    }

    [Fact]
    public async Task NamesAndComments_AreTextForAdminsToo()
    {
        const string name = "<img src=x onerror=alert(1)>";
        await using var site = await Site.StartAsync(chromium, [new LabelTask { Id = "t", Prompt = "p", Candidates = [new("a") { Model = $"<script>{name}</script>" }, new("b") { Model = name }], Overlap = 2 }]);
        var at = TimeProvider.System.GetUtcNow();
        await site.Store.AddVotesAsync(
        [
            new() { Id = "1", Task = "t", Annotator = name, Choice = Verdict.Of(0), Comment = $"<script>alert(1)</script>{name}", At = at },
            new() { Id = "2", Task = "t", Annotator = "<svg onload=alert(1)>", Choice = Verdict.Of(1), At = at },
        ]);
        var page = await site.SignInAsync("eve", admin: true);
        await page.GetByRole(AriaRole.Button, new() { Name = "Adjudicate" }).ClickAsync();
        await Assertions.Expect(page.Locator(".votes .who").First).ToHaveTextAsync(name);
        (await page.Locator(Forbidden).CountAsync()).ShouldBe(0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Progress" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Table, new() { Name = "Annotators" })).ToContainTextAsync(name);
        (await page.Locator("main script, main img, main [onload], main [onerror]").CountAsync()).ShouldBe(0);
        await site.CleanAsync(page);
    }
}
