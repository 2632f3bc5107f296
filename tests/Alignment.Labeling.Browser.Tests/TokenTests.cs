using Alignment.Labeling.Server;
using Alignment.Labeling.Tests;
using Microsoft.Playwright;

namespace Alignment.Labeling.Browser.Tests;

/// <summary>Signing in with tokens.</summary>
[Collection(Chromium.Name)]
public sealed class TokenTests(Chromium chromium)
{
    [Fact]
    public async Task ATokenSignsIn_TypedOrInTheLink()
    {
        using var folder = new TemporaryFolder();
        var token = AnnotatorTokens.NewToken();
        var tokens = AnnotatorTokens.Read(folder.Write("tokens.jsonl", AnnotatorTokens.Line("ada", token, AnnotatorRole.Annotator)));
        await using var site = await Site.StartAsync(chromium, MadeTasks.Plain(3), options: new() { Address = new(System.Net.IPAddress.Loopback, 0), Tokens = tokens });
        var page = await site.OpenAsync();
        await page.GetByLabel("Your token").FillAsync("not the token");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator(".error")).ToHaveTextAsync("This token is not right.");
        await page.GetByLabel("Your token").FillAsync(token);
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("#prompt-title").WaitForAsync();

        var other = await site.OpenAsync(hash: $"#token={token}");
        await other.Locator("#prompt-title").WaitForAsync();
        (await other.EvaluateAsync<string>("() => location.href")).ShouldNotContain(token);
        (await other.EvaluateAsync<string>("() => JSON.stringify({ ...localStorage, ...sessionStorage })")).ShouldNotContain(token);

        await other.Locator("#sign-out").ClickAsync();
        await other.GetByLabel("Your token").WaitForAsync();
        await site.CleanAsync(page, other);
    }
}
