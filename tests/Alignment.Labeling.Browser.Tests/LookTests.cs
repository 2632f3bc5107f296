using Microsoft.Playwright;

namespace Alignment.Labeling.Browser.Tests;

[Collection(Chromium.Name)]
public sealed class LookTests(Chromium chromium)
{
    private const string Guidelines = """
        Choose the answer that helps **the person who asked** more.

        1. Wrong facts weigh most.
        2. Then what was asked for and is missing.
        3. Length and tone come last.

        Take *tie* only when you would be happy with either.
        """;

    [Fact]
    public async Task Desktop_Dark_Help_Raw()
    {
        await using var site = await Site.StartAsync(chromium, [MadeTasks.Rich(), .. MadeTasks.Plain(30)], Guidelines);
        var entry = await site.OpenAsync();
        await entry.Locator("#sign-in").WaitForAsync();
        await Site.PictureAsync(entry, "sign-in");
        var page = await site.SignInAsync("ada");
        await Assertions.Expect(page.Locator("#guidelines")).ToBeVisibleAsync();
        await Site.PictureAsync(page, "desktop-guidelines");
        await page.Keyboard.PressAsync("g");
        await Assertions.Expect(page.Locator("#guidelines")).ToBeHiddenAsync();
        await page.Keyboard.PressAsync("g");
        await Assertions.Expect(page.Locator("#guidelines-close")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.Locator("#prompt-title")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("ArrowLeft");
        await page.Keyboard.PressAsync("3");
        await Site.PictureAsync(page, "desktop");
        await page.GetByLabel("Switch between light and dark").ClickAsync();
        (await page.EvaluateAsync<string>("() => getComputedStyle(document.body).colorScheme")).ShouldBe("dark");
        await Site.PictureAsync(page, "desktop-dark");
        await page.Keyboard.PressAsync("?");
        await Assertions.Expect(page.Locator("#help")).ToBeVisibleAsync();
        await Site.PictureAsync(page, "help");
        await page.Keyboard.PressAsync("Escape");
        await page.GetByLabel("Show the raw text of Answer A").ClickAsync();
        await Assertions.Expect(page.Locator(".raw")).ToHaveCountAsync(1);
        await Site.PictureAsync(page, "raw");
        await page.ReloadAsync();
        await page.Locator("#prompt-title").WaitForAsync();
        (await page.EvaluateAsync<string>("() => getComputedStyle(document.body).colorScheme")).ShouldBe("dark", "the choice survives a reload");
        await site.CleanAsync(page);
    }
}
