using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Alignment.Labeling.Server;
using Alignment.Labeling.Store;
using Alignment.Labeling.Tasks;

namespace Alignment.Labeling.Tests.Server;

/// <summary>A browser's part: cookies, the secret for writes, the API's calls.</summary>
internal sealed class PageClient : IDisposable
{
    private readonly HttpClient _client;

    public PageClient(Uri address) => _client = new(new SocketsHttpHandler { UseCookies = true, CookieContainer = new CookieContainer(), AllowAutoRedirect = false }) { BaseAddress = address };

    public string? Csrf { get; set; }

    public static LabelServerOptions Options { get; } = new() { Address = new(IPAddress.Loopback, 0), AdminToken = "an-admin-token-for-tests" };

    /// <summary>A server over a new project in a folder.</summary>
    public static async Task<(LabelServer Server, ILabelStore Store)> ServeAsync(string folder, IReadOnlyCollection<LabelTask> tasks, LabelServerOptions? options = null)
    {
        var store = FolderLabelStore.Create(folder, new LabelProject { Name = "p", Seed = 3, Guidelines = "Be **fair**." });
        await store.AddTasksAsync(tasks);
        return (await LabelServer.StartAsync(options ?? Options, store), store);
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = body as HttpContent ?? JsonContent.Create(body);
        }

        if (Csrf is not null && method != HttpMethod.Get)
        {
            request.Headers.Add("X-CSRF", Csrf);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await _client.SendAsync(request);
    }

    /// <summary>What a call answers, with its status.</summary>
    public async Task<(int Status, JsonNode Body)> CallAsync(HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var response = await SendAsync(method, path, body, headers);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!);
    }

    public Task<(int Status, JsonNode Body)> GetAsync(string path, params (string Name, string Value)[] headers) => CallAsync(HttpMethod.Get, path, null, headers);

    public Task<(int Status, JsonNode Body)> PostAsync(string path, object body, params (string Name, string Value)[] headers) => CallAsync(HttpMethod.Post, path, body, headers);

    public async Task<(int Status, JsonNode Body)> SignInAsync(string? name, string? token = null)
    {
        var answer = await PostAsync("/api/session", new { annotator = name, token });
        Csrf = answer.Body["csrf"]?.GetValue<string>() ?? Csrf;
        return answer;
    }

    /// <summary>Signs in and fails if that does not work.</summary>
    public async Task<PageClient> AsAsync(string name, string? token = null)
    {
        (await SignInAsync(name, token)).Status.ShouldBe(200);
        return this;
    }

    public async Task<JsonNode> NextAsync() => (await GetAsync("/api/next?count=1")).Body["items"]!.AsArray().Single()!;

    /// <summary>Votes for a place and gives the receipt's status.</summary>
    public async Task<string> VoteAsync(string task, object choice, string? id = null)
    {
        var (status, body) = await PostAsync("/api/votes", new { votes = new[] { new { id = id ?? Guid.NewGuid().ToString(), task, choice } } });
        return status == 200 ? body["receipts"]![0]!["status"]!.GetValue<string>() : status.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    public void Dispose() => _client.Dispose();
}
