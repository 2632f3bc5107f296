using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Alignment.Labeling.Chat;

/// <summary>
/// A server with OpenAI's chat completions: vLLM, llama.cpp, Ollama, or one in the cloud. Redirects are not followed, so that neither the key nor the texts go anywhere but where
/// the user sent them. See docs/judging.md for what is tried again.
/// </summary>
public sealed class HttpChatEndpoint : IChatEndpoint
{
    private const int LongestErrorBody = 64 << 10;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);

    // What servers write when the request is at fault, not the set-up.
    private static readonly string[] RejectedWords =
        ["context_length", "context length", "context size", "context window", "exceed_context", "maximum context", "too long", "too many tokens", "content_filter", "content_policy", "content management"];

    private readonly HttpChatOptions _options;
    private readonly TokenBudget _budget;
    private readonly TimeProvider _clock;
    private readonly HttpClient _client;
    private readonly ResiliencePipeline<ChatReply> _aroundTries;
    private readonly ResiliencePipeline<ChatReply> _aroundOneTry;
    private int _features;

    /// <summary>Makes the endpoint; nothing is sent yet.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="budget">Counts what is spent.</param>
    /// <param name="clock">The time; the system's when null.</param>
    /// <param name="onRetry">Told before each further try.</param>
    /// <exception cref="ArgumentException">The options break a rule.</exception>
    public HttpChatEndpoint(HttpChatOptions options, TokenBudget budget, TimeProvider? clock = null, Action<ChatRetry>? onRetry = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(budget);
        if (options.Problems().FirstOrDefault() is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }

        (_options, _budget, _clock) = (options, budget, clock ?? TimeProvider.System);
        _features = (int)(WireFeatures.Seed | WireFeatures.MaxTokens | (options.Schema == SchemaSupport.None ? WireFeatures.None : WireFeatures.Schema));
        _aroundTries = ChatResilience.AroundTries(options, _clock, onRetry);
        _aroundOneTry = ChatResilience.AroundOneTry(options, _clock);
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = !options.Address.IsLoopback,
            MaxConnectionsPerServer = options.Connections,
            ConnectTimeout = ConnectTimeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan, // the pipelines have their own
        };
    }

    /// <inheritdoc/>
    public string Model => _options.Model;

    /// <summary>What this server turned out not to know and is not asked for any more; empty at first.</summary>
    public IReadOnlyList<string> Dropped =>
    [
        .. _options.Schema != SchemaSupport.None && !Has(WireFeatures.Schema) ? ["response_format"] : Array.Empty<string>(),
        .. Has(WireFeatures.Seed) ? Array.Empty<string>() : ["seed"],
    ];

    /// <inheritdoc/>
    public async Task<ChatReply> AskAsync(ChatRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        string? last = null;
        try
        {
            return await _aroundTries.ExecuteAsync(async token =>
            {
                try
                {
                    return await TryAsync(request, token).ConfigureAwait(false);
                }
                catch (Exception e) when (e is ChatException or TimeoutRejectedException)
                {
                    last = ChatResilience.Reason(e, _options).Replace($"{Where}: ", "", StringComparison.Ordinal);
                    throw;
                }
            }, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutRejectedException or BrokenCircuitException)
        {
            var message = e is TimeoutRejectedException { Timeout: var timeout } && timeout == _options.TotalTimeout
                ? FormattableString.Invariant($"no answer within {timeout.TotalSeconds:0.###} seconds and several tries")
                : ChatResilience.Reason(e, _options);
            throw new ChatException(ChatFailure.Unavailable, $"{Where}: {message}{(last is null || message == last ? "" : $"; the last try: {last}")}", inner: e);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private string Where => ChatAddress.Show(_options.Address);

    private bool Has(WireFeatures feature) => ((WireFeatures)Volatile.Read(ref _features)).HasFlag(feature);

    private async Task<ChatReply> TryAsync(ChatRequest request, CancellationToken cancellation)
    {
        using var held = await _budget.ReserveAsync(TokenEstimate.Most(request), cancellation).ConfigureAwait(false);
        var reply = await _aroundOneTry.ExecuteAsync(async token => await SendAsync(request, held, token).ConfigureAwait(false), cancellation).ConfigureAwait(false);
        held.Settle(reply.Usage);
        return reply;
    }

    private async Task<ChatReply> SendAsync(ChatRequest request, TokenBudget.Reservation held, CancellationToken cancellation)
    {
        while (true)
        {
            var features = (WireFeatures)Volatile.Read(ref _features);
            using var message = new HttpRequestMessage(HttpMethod.Post, _options.Address) { Content = new ByteArrayContent(ChatWire.Body(request, Model, features)) };
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            if (_options.Key is { } key)
            {
                message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key.Value);
            }

            try
            {
                held.IsCharged = true;
                using var response = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
                if (response.IsSuccessStatusCode)
                {
                    return await ReadAsync(response, request, cancellation).ConfigureAwait(false);
                }

                held.IsCharged = false;
                var said = ChatWire.Error(Redact(Encoding.UTF8.GetString(await BoundedBody.ReadAsync(response.Content, LongestErrorBody, cancellation).ConfigureAwait(false) ?? [])));
                if (!Drops(response.StatusCode, said, features, request))
                {
                    throw Failed(response, said);
                }
            }
            catch (Exception e) when (e is HttpRequestException or (IOException and not ChatException))
            {
                throw Broken(e, held);
            }
            catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
            {
                held.IsCharged = false; // only connecting has a timeout of its own
                throw new ChatException(ChatFailure.Unavailable, $"{Where}: no connection within {ConnectTimeout.TotalSeconds:0} seconds", inner: e);
            }
        }
    }

    private async Task<ChatReply> ReadAsync(HttpResponseMessage response, ChatRequest request, CancellationToken cancellation)
    {
        if (response.Content.Headers.ContentType?.MediaType is { } type && !type.Contains("json", StringComparison.OrdinalIgnoreCase))
        {
            throw Unreadable($"the answer is {Clean(type)}, not JSON; is this the address of chat completions?");
        }

        var body = await BoundedBody.ReadAsync(response.Content, _options.MaxResponseBytes, cancellation).ConfigureAwait(false)
            ?? throw Unreadable($"the answer has more than {_options.MaxResponseBytes} bytes");
        try
        {
            var reply = ChatWire.Reply(body, request);
            return reply with { Text = Redact(reply.Text) };
        }
        catch (FormatException e)
        {
            throw Unreadable(Clean(e.Message), e);
        }
    }

    /// <summary>Whether a refusal is of something that the request can do without; then it does from now on.</summary>
    private bool Drops(HttpStatusCode status, string said, WireFeatures features, ChatRequest request)
    {
        if (status is not (HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity) || IsRejected(said))
        {
            return false;
        }

        var dropped = WireFeatures.None;
        if (features.HasFlag(WireFeatures.MaxTokens) && said.Contains("max_completion_tokens", StringComparison.Ordinal))
        {
            dropped = WireFeatures.MaxTokens;
        }
        else if (features.HasFlag(WireFeatures.Seed) && request.Seed is not null && said.Contains("seed", StringComparison.OrdinalIgnoreCase))
        {
            dropped = WireFeatures.Seed;
        }
        else if (features.HasFlag(WireFeatures.Schema) && request.Schema is not null && _options.Schema == SchemaSupport.Auto)
        {
            dropped = WireFeatures.Schema; // servers refuse it in many words
        }

        Interlocked.And(ref _features, ~(int)dropped);
        return dropped != WireFeatures.None;
    }

    private ChatException Failed(HttpResponseMessage response, string said)
    {
        var status = (int)response.StatusCode;
        var what = $"{Where}: {status} {Clean(response.ReasonPhrase ?? "")}".TrimEnd() + (said.Length > 0 ? $": {said}" : "");
        var wait = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - _clock.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        return status switch
        {
            >= 300 and < 400 => Refused($"{Where} redirects{(response.Headers.Location is { } to ? $" to {Clean(ChatAddress.Show(new Uri(_options.Address, to)))}" : "")}; redirects are not followed, give --endpoint the address itself"),
            400 or 422 when IsRejected(said) => new(ChatFailure.Rejected, what),
            413 => new(ChatFailure.Rejected, what),
            401 or 403 => Refused($"{what}; {(_options.Key is { } key ? $"is {key} right?" : "no key was sent: set OPENAI_API_KEY, or name the variable with --api-key-env")}"),
            404 => Refused($"{what}; check the address and the model's name"),
            408 or 425 or 429 => new(ChatFailure.Busy, $"{what}{(wait > _options.TotalTimeout ? FormattableString.Invariant($" (asks to wait {wait.Value.TotalSeconds:0} seconds)") : "")}", wait),
            >= 500 and not (501 or 505) => new(ChatFailure.Unavailable, what, wait),
            _ => Refused(what),
        };
    }

    private ChatException Broken(Exception e, TokenBudget.Reservation held)
    {
        var error = (e as HttpRequestException)?.HttpRequestError ?? (e as HttpIOException)?.HttpRequestError;
        if (error is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError)
        {
            held.IsCharged = false; // the request never left
        }

        var message = $"{Where}: {Clean(e.Message)}";
        return error == HttpRequestError.SecureConnectionError ? new(ChatFailure.Refused, message, inner: e) : new(ChatFailure.Unavailable, message, inner: e);
    }

    private ChatException Unreadable(string message, Exception? inner = null) => new(ChatFailure.Unreadable, $"{Where}: {message}", inner: inner);

    private static ChatException Refused(string message) => new(ChatFailure.Refused, message);

    private static bool IsRejected(string said) => RejectedWords.Any(word => said.Contains(word, StringComparison.OrdinalIgnoreCase));

    private string Redact(string text) => _options.Key?.Redact(text) ?? text;

    private string Clean(string text) => ChatWire.Error(Redact(text));
}
