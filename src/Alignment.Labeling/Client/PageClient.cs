using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Alignment.Labeling.Store;

namespace Alignment.Labeling.Client;

/// <summary>One annotator's client of the labelling page's HTTP API (docs/labelling.md, "The page"). It signs in again where the server has forgotten it.</summary>
public sealed class PageClient : IDisposable
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private readonly HttpClient _http;
    private string _annotator = "";
    private string _csrf = "";

    /// <summary>Makes a client.</summary>
    /// <param name="address">The server.</param>
    public PageClient(Uri address) => _http = new HttpClient(new SocketsHttpHandler { UseCookies = true }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>Signs in.</summary>
    /// <param name="annotator">The name.</param>
    /// <param name="cancellation">Stops the waiting.</param>
    /// <exception cref="HttpRequestException">The server cannot be reached, or refuses.</exception>
    public async Task SignInAsync(string annotator, CancellationToken cancellation = default)
    {
        using var response = await _http.PostAsJsonAsync("api/session", new { annotator }, Options, cancellation).ConfigureAwait(false);
        _csrf = (string?)(await ReadAsync(response, cancellation).ConfigureAwait(false))["csrf"] ?? "";
        _annotator = annotator;
    }

    /// <summary>The next tasks.</summary>
    /// <param name="count">Tasks wanted.</param>
    /// <param name="cancellation">Stops the waiting.</param>
    /// <exception cref="HttpRequestException">The server cannot be reached, or refuses.</exception>
    public async Task<IReadOnlyList<PageItem>> NextAsync(int count, CancellationToken cancellation = default)
    {
        var answer = await SendAsync(() => new HttpRequestMessage(HttpMethod.Get, FormattableString.Invariant($"api/next?count={count}")), cancellation).ConfigureAwait(false);
        return [.. answer["items"]!.AsArray().Select(item => new PageItem(
            (string)item!["task"]!,
            (string)item["prompt"]!["text"]!,
            [.. item["answers"]!.AsArray().Select(one => (string)one!["text"]!)],
            [.. item["order"]!.AsArray().Select(one => (int)one!)]))];
    }

    /// <summary>Sends votes; the answer comes after the store has made them durable.</summary>
    /// <param name="votes">The votes.</param>
    /// <param name="cancellation">Stops the waiting.</param>
    /// <returns>A receipt for each.</returns>
    /// <exception cref="HttpRequestException">The server cannot be reached, or refuses; the votes may be saved or not, and may be sent again.</exception>
    public async Task<IReadOnlyList<PageReceipt>> VoteAsync(IReadOnlyList<PageVote> votes, CancellationToken cancellation = default)
    {
        var answer = await SendAsync(() => new HttpRequestMessage(HttpMethod.Post, "api/votes")
        {
            Content = JsonContent.Create(new { votes }, options: Options),
            Headers = { { "X-CSRF", _csrf } },
        }, cancellation).ConfigureAwait(false);
        return [.. answer["receipts"]!.AsArray().Select(one => new PageReceipt((string)one!["id"]!, one["status"].Deserialize<VoteStatus>(Options), (string?)one["problem"]))];
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var text = await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
        return response.IsSuccessStatusCode
            ? JsonNode.Parse(text)!
            : throw new HttpRequestException($"the labelling page answers {(int)response.StatusCode}: {text}", null, response.StatusCode);
    }

    private async Task<JsonNode> SendAsync(Func<HttpRequestMessage> request, CancellationToken cancellation)
    {
        for (var again = false; ; again = true)
        {
            using var message = request();
            using var response = await _http.SendAsync(message, cancellation).ConfigureAwait(false);
            if (response.StatusCode != System.Net.HttpStatusCode.Unauthorized || again)
            {
                return await ReadAsync(response, cancellation).ConfigureAwait(false);
            }

            await SignInAsync(_annotator, cancellation).ConfigureAwait(false); // a restarted server has forgotten its sessions
        }
    }
}
