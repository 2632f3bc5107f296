using System.Collections.Concurrent;
using Alignment.Labeling.Server;
using Alignment.Labeling.Store;
using Alignment.Labeling.Tasks;
using Alignment.Labeling.Tests;
using Alignment.Labeling.Votes;
using Microsoft.Playwright;

namespace Alignment.Labeling.Browser.Tests;

/// <summary>A project with a running server, and pages that watch for what must never happen: dialogs, requests elsewhere, errors, violations of the policy.</summary>
internal sealed class Site : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<IBrowserContext> _contexts = [];
    private readonly IBrowser _browser;
    private LabelServerOptions _options;

    private Site(IBrowser browser, LabelServerOptions options) => (_browser, _options) = (browser, options);

    public ILabelStore Store { get; private set; } = null!;

    public LabelServer Server { get; private set; } = null!;

    /// <summary>What should not have happened.</summary>
    public ConcurrentQueue<string> Trouble { get; } = [];

    /// <summary>Requests that left for another origin.</summary>
    public ConcurrentQueue<string> Elsewhere { get; } = [];

    public static async Task<Site> StartAsync(Chromium chromium, IReadOnlyCollection<LabelTask> tasks, string? guidelines = null, LabelServerOptions? options = null, double assignmentMinutes = 60)
    {
        var site = new Site(chromium.Browser, options ?? new LabelServerOptions { Address = new(System.Net.IPAddress.Loopback, 0), AdminToken = "admin-token-of-the-tests", Errors = Console.Error });
        site.Store = FolderLabelStore.Create(site._folder.Path, new LabelProject { Name = "Helpful answers", Seed = 1, Guidelines = guidelines, AssignmentMinutes = assignmentMinutes });
        await site.Store.AddTasksAsync(tasks);
        site.Server = await LabelServer.StartAsync(site._options, site.Store);
        return site;
    }

    /// <summary>Stops the server; <see cref="RestartAsync"/> starts it again at the same address.</summary>
    public async Task StopAsync()
    {
        await Server.DisposeAsync();
        _options = _options with { Address = new(System.Net.IPAddress.Loopback, Server.Address.Port) };
    }

    public async Task RestartAsync() => Server = await LabelServer.StartAsync(_options, Store);

    /// <summary>A page in a browser of its own, at the sign-in form.</summary>
    public async Task<IPage> OpenAsync(BrowserNewContextOptions? look = null, string hash = "")
    {
        var context = await _browser.NewContextAsync(look ?? new() { ReducedMotion = ReducedMotion.Reduce, ViewportSize = new() { Width = 1280, Height = 860 } });
        context.SetDefaultTimeout(30_000);
        _contexts.Add(context);
        context.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(Server.Address.ToString(), StringComparison.Ordinal))
            {
                Elsewhere.Enqueue(request.Url);
            }
        };
        await context.AddInitScriptAsync("""
            window.ran = [];
            addEventListener("securitypolicyviolation", (e) => window.ran.push(`policy: ${e.violatedDirective} ${e.blockedURI} ${e.sample}`));
            """);
        var page = await context.NewPageAsync();
        page.Dialog += (_, dialog) =>
        {
            Trouble.Enqueue($"dialog: {dialog.Message}");
            _ = dialog.DismissAsync();
        };
        page.PageError += (_, error) => Trouble.Enqueue($"error: {error}");
        await page.GotoAsync($"{Server.Address}{hash}");
        return page;
    }

    /// <summary>A page on which somebody has signed in.</summary>
    public async Task<IPage> SignInAsync(string name, BrowserNewContextOptions? look = null, bool admin = false)
    {
        var page = await OpenAsync(look, admin ? $"#token={Server.AdminToken}" : "");
        await page.GetByLabel("Your name").FillAsync(name);
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("#prompt-title, #rest").First.WaitForAsync();
        return page;
    }

    /// <summary>Waits until the page says that everything is saved.</summary>
    public static async Task SavedAsync(IPage page) => await Assertions.Expect(page.Locator("#save-state")).ToHaveTextAsync("Saved");

    /// <summary>The standing votes of somebody.</summary>
    public async Task<IReadOnlyList<Vote>> VotesAsync(string annotator) => [.. (await Store.VotesAsync()).Where(vote => vote.Annotator == annotator)];

    /// <summary>Which task the page shows, by its prompt.</summary>
    public async Task<LabelTask> TaskAsync(IPage page)
    {
        var prompt = (await page.Locator(".prompt-body").InnerTextAsync()).Trim();
        return (await Store.TasksAsync()).Single(task => task.Prompt.ToString() == prompt);
    }

    /// <summary>Waits for another task than this one.</summary>
    public static async Task AnotherTaskAsync(IPage page, LabelTask task) => await Assertions.Expect(page.Locator(".prompt-body")).Not.ToHaveTextAsync(task.Prompt.ToString()!);

    /// <summary>A picture of the page, where ALIGNMENT_SCREENSHOTS names a folder.</summary>
    public static async Task PictureAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("ALIGNMENT_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png") });
        }
    }

    /// <summary>Nothing that must not happen has happened.</summary>
    public async Task CleanAsync(params IPage[] pages)
    {
        foreach (var page in pages)
        {
            (await page.EvaluateAsync<string[]>("() => window.ran")).ShouldBeEmpty();
        }

        Trouble.ShouldBeEmpty();
        Elsewhere.ShouldBeEmpty();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var context in _contexts)
        {
            await context.DisposeAsync();
        }

        await Server.DisposeAsync();
        await Store.DisposeAsync();
        _folder.Dispose();
    }
}
