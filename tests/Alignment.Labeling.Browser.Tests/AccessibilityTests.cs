using System.Reflection;
using Alignment.Labeling.Votes;
using Microsoft.Playwright;

namespace Alignment.Labeling.Browser.Tests;

/// <summary>Names, focus, contrast, sizes.</summary>
[Collection(Chromium.Name)]
public sealed class AccessibilityTests(Chromium chromium)
{
    private static readonly string Audit = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("Audit.js")!).ReadToEnd();

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task EveryView_IsNamed_AndHasContrast(ColorScheme colours)
    {
        await using var site = await Site.StartAsync(chromium, [MadeTasks.Rich(overlap: 2), .. MadeTasks.Plain(3), MadeTasks.Plain(4, candidates: 4)], "Be **fair**, see [here](https://example.org).");
        await site.Store.AddVotesAsync([Vote("ada", 0), Vote("bob", 1) with { Comment = "No." }]);
        var entry = await site.OpenAsync(Look(colours));
        await entry.Locator("#sign-in").WaitForAsync();
        await CheckAsync(entry, "sign-in");
        var page = await site.SignInAsync("eve", Look(colours), admin: true);
        await CheckAsync(page, "task");
        await page.Keyboard.PressAsync("ArrowLeft");
        await page.Keyboard.PressAsync("2");
        await page.Keyboard.PressAsync("c");
        await CheckAsync(page, "task, chosen");
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("Enter");
        await Site.SavedAsync(page);
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#hint")).ToBeVisibleAsync();
        await CheckAsync(page, "hint");
        await page.Keyboard.PressAsync("?");
        await CheckAsync(page, "help");
        await page.Keyboard.PressAsync("Escape");
        await page.Locator("[data-view=adjudicate]").ClickAsync();
        await page.Locator(".votes").WaitForAsync();
        await CheckAsync(page, "adjudicate");
        await page.Locator("[data-view=admin]").ClickAsync();
        await page.Locator(".tile").First.WaitForAsync();
        await CheckAsync(page, "admin");
        await page.Context.SetOfflineAsync(true);
        await page.Locator("[data-view=label]").ClickAsync();
        await page.Locator("#rest").WaitForAsync();
        await CheckAsync(page, "no connection");
    }

    [Fact]
    public async Task TheKeyboard_ReachesEverything_InTheOrderSeen_AndTheFocusShows()
    {
        await using var site = await Site.StartAsync(chromium, MadeTasks.Plain(3));
        var page = await site.SignInAsync("ada");
        await page.Locator("#prompt-title").WaitForAsync();
        List<string> order = [];
        for (var i = 0; i < 60; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            var (name, outline) = await FocusAsync(page);
            if (order.Contains(name))
            {
                break;
            }

            order.Add(name);
            if (name == "outside")
            {
                continue; // the browser's own controls
            }

            outline.ShouldBeGreaterThan(1, $"{name} has no visible focus");
        }

        // The round begins at the prompt, where the focus was.
        var begin = order.IndexOf("Skip to the task");
        order = [.. order[begin..], .. order[..begin]];
        string[] expected = ["Skip to the task", "Switch between light and dark", "Keyboard shortcuts and help", "Sign out", "Show the raw text of the prompt", "Show the raw text of Answer A", "A is better", "Show the raw text of Answer B", "B is better", "Skip", "Comment", "Tie", "Both bad", "Confirm"];
        order.Where(expected.Contains).ShouldBe(expected);
    }

    [Fact]
    public async Task Dialogs_KeepTheFocus_AndGiveItBack()
    {
        await using var site = await Site.StartAsync(chromium, MadeTasks.Plain(3), "Guidelines.");
        var page = await site.SignInAsync("ada");
        await page.Locator("#help-button").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#help")).ToBeVisibleAsync();
        for (var i = 0; i < 3; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            (await page.EvaluateAsync<bool>("() => document.activeElement === document.body || document.querySelector('#help').contains(document.activeElement)")).ShouldBeTrue();
        }

        await page.Keyboard.PressAsync("t");
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.Locator("#help-button")).ToBeFocusedAsync();
        (await page.Locator(".bar [aria-pressed=true]").CountAsync()).ShouldBe(0, "keys in the help are no votes");
    }

    [Fact]
    public async Task News_AreTold_AndTheFocusMovesToTheNewTask()
    {
        await using var site = await Site.StartAsync(chromium, MadeTasks.Plain(3));
        var page = await site.SignInAsync("ada");
        await page.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(page.Locator("#live")).ToHaveTextAsync("B is better");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#live")).ToContainTextAsync("Saved");
        await Assertions.Expect(page.Locator("#prompt-title")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task OnAPhone_AnswersStandUnderEachOther_AndButtonsAreLarge()
    {
        var look = new BrowserNewContextOptions { ViewportSize = new() { Width = 390, Height = 844 }, HasTouch = true, IsMobile = true, DeviceScaleFactor = 2 };
        await using var site = await Site.StartAsync(chromium, [MadeTasks.Rich(), MadeTasks.Rich("four", candidates: 4), .. MadeTasks.Plain(4)], "Be **fair**.");
        var page = await site.SignInAsync("ada", look);
        await Site.PictureAsync(page, "mobile");
        var boxes = await page.Locator(".answer").AllAsync();
        var (first, second) = (await boxes[0].BoundingBoxAsync(), await boxes[1].BoundingBoxAsync());
        second!.Y.ShouldBeGreaterThanOrEqualTo(first!.Y + first.Height);
        await WideEnoughAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "B is better", Exact = true }).TapAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Much", Exact = true }).TapAsync();
        await Site.PictureAsync(page, "mobile-chosen");
        await page.Locator("#guidelines-button").TapAsync();
        await Site.PictureAsync(page, "mobile-guidelines");
        await page.Locator("#guidelines-close").TapAsync();
        await page.Locator("#confirm").TapAsync();
        await Assertions.Expect(page.Locator(".answer")).ToHaveCountAsync(4);
        await WideEnoughAsync(page);
        await Site.SavedAsync(page);
        (await site.VotesAsync("ada")).Single().Strength.ShouldBe(3);
    }

    private static async Task WideEnoughAsync(IPage page)
    {
        (await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - innerWidth")).ShouldBeLessThanOrEqualTo(0, "the page scrolls sideways");
        (await page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('button')].filter((one) => one.checkVisibility()).map((one) => [one.textContent, one.getBoundingClientRect()]).filter(([, box]) => box.height < 43.9 || box.width < 43.9).map(([text, box]) => `${text}: ${box.width} x ${box.height}`)")).ShouldBeEmpty();
    }

    private static BrowserNewContextOptions Look(ColorScheme colours) => new() { ColorScheme = colours, ReducedMotion = ReducedMotion.Reduce, ViewportSize = new() { Width = 1280, Height = 860 } };

    private static async Task CheckAsync(IPage page, string view) => (await page.EvaluateAsync<string[]>(Audit)).ShouldBeEmpty(view);

    private static async Task<(string Name, double Outline)> FocusAsync(IPage page)
    {
        var told = await page.EvaluateAsync<string[]>("() => { const node = document.activeElement; const name = node === document.body ? 'outside' : node.getAttribute('aria-label') ?? node.getAttribute('aria-labelledby') ?? [...node.childNodes].find((child) => child.nodeType === 3)?.textContent ?? ''; return [name.trim() || `${node.tagName}.${node.className}`, getComputedStyle(node).outlineStyle === 'none' ? '0' : String(parseFloat(getComputedStyle(node).outlineWidth))]; }");
        return (told[0], double.Parse(told[1], System.Globalization.CultureInfo.InvariantCulture));
    }

    private static Vote Vote(string annotator, int choice) => new() { Id = annotator, Task = "rich", Annotator = annotator, Choice = Verdict.Of(choice), At = TimeProvider.System.GetUtcNow() };
}
