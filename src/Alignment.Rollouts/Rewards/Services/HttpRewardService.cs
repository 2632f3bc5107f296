using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Alignment.Rollouts.Rewards.Services;

/// <summary>An HTTP endpoint: <c>POST {"prompts", "responses", "columns"}</c>, answered by <c>{"scores": […]}</c>.</summary>
public sealed class HttpRewardService : IRewardService
{
    private const int LongestAnswer = 16 << 20;
    private const int LongestError = 4 << 10;

    private readonly HttpClient _client;
    private readonly Uri _address;

    /// <summary>Opens nothing yet.</summary>
    /// <param name="address">http or https.</param>
    /// <param name="options">Requests at once, key.</param>
    /// <exception cref="InvalidDataException">The key's environment variable is not set, or holds no key.</exception>
    public HttpRewardService(Uri address, RewardServiceOptions options)
    {
        _address = address;
        Parallel = options.Parallel;
        Name = $"reward_url {address.GetLeftPart(UriPartial.Path)}"; // a query may hold a secret
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, MaxConnectionsPerServer = options.Parallel }) { Timeout = Timeout.InfiniteTimeSpan };
        _client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (options.KeyEnv is { } variable)
        {
            var key = Environment.GetEnvironmentVariable(variable)?.Trim();
            _client.DefaultRequestHeaders.Authorization = !string.IsNullOrEmpty(key) && key.All(c => c is > ' ' and <= '~')
                ? new AuthenticationHeaderValue("Bearer", key)
                : throw new InvalidDataException($"the environment variable {variable} of reward_service.key_env is {(string.IsNullOrEmpty(key) ? "not set" : "no key: it holds blanks or characters outside ASCII")}");
        }
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Identity => $"url\n{_address.AbsoluteUri}";

    /// <inheritdoc/>
    public int Parallel { get; }

    /// <inheritdoc/>
    public async Task<double[]> ScoreAsync(IReadOnlyList<RewardItem> items, CancellationToken cancel)
    {
        try
        {
            using var content = new StringContent(RewardWire.Request(items), Encoding.UTF8, "application/json");
            using var message = new HttpRequestMessage(HttpMethod.Post, _address) { Content = content };
            using var response = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                var said = await ReadAsync(response, LongestError, cancel).ConfigureAwait(false);
                throw new RewardServiceException($"status {(int)response.StatusCode}, {RewardWire.Clean(said ?? "")}", MayPass(response.StatusCode), RetryAfter(response));
            }

            var answer = await ReadAsync(response, LongestAnswer, cancel).ConfigureAwait(false) ?? throw new RewardServiceException($"the answer has more than {LongestAnswer >> 20} MB");
            return RewardWire.Answer(answer, items.Count);
        }
        catch (Exception e) when (e is HttpRequestException or (IOException and not RewardServiceException))
        {
            throw new RewardServiceException(e.InnerException?.Message ?? e.Message, inner: e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static bool MayPass(HttpStatusCode status) => status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500;

    private static TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > DateTimeOffset.UtcNow => date - DateTimeOffset.UtcNow,
        _ => null,
    };

    /// <summary>A body as text; of one that is too long null, or its beginning where that is enough.</summary>
    private static async Task<string?> ReadAsync(HttpResponseMessage response, int limit, CancellationToken cancel)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        using var bytes = new MemoryStream();
        var buffer = new byte[16 << 10];
        while (await stream.ReadAsync(buffer, cancel).ConfigureAwait(false) is > 0 and var read)
        {
            bytes.Write(buffer, 0, read);
            if (bytes.Length > limit)
            {
                return response.IsSuccessStatusCode ? null : Encoding.UTF8.GetString(bytes.GetBuffer(), 0, limit);
            }
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }
}
