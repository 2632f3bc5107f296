using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace Alignment.Labeling.Chat;

/// <summary>When a request is tried again, how long it waits, and when a server that does nothing but fail is left alone for a while.</summary>
internal static class ChatResilience
{
    private const double BreakAtShare = 0.8;
    private const int BreakAtLeast = 8;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Sampling = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Break = TimeSpan.FromSeconds(15);

    /// <summary>Around all tries: total timeout, then waiting as the server asks, else exponentially with jitter.</summary>
    public static ResiliencePipeline<ChatReply> AroundTries(HttpChatOptions options, TimeProvider clock, Action<ChatRetry>? onRetry)
    {
        var builder = new ResiliencePipelineBuilder<ChatReply> { TimeProvider = clock }.AddTimeout(options.TotalTimeout);
        return options.Retries == 0 ? builder.Build() : builder.AddRetry(new RetryStrategyOptions<ChatReply>
        {
            MaxRetryAttempts = options.Retries,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = FirstDelay,
            MaxDelay = LongestDelay,
            ShouldHandle = args => ValueTask.FromResult(IsWorthATry(args.Outcome.Exception, args.AttemptNumber, options)),
            DelayGenerator = args => ValueTask.FromResult(Wait(args.Outcome.Exception)),
            OnRetry = args =>
            {
                onRetry?.Invoke(new ChatRetry(args.AttemptNumber + 1, args.RetryDelay, Reason(args.Outcome.Exception!, options)));
                return ValueTask.CompletedTask;
            },
        }).Build();
    }

    /// <summary>Around one try: the breaker, shared by all requests, then the timeout of the try.</summary>
    public static ResiliencePipeline<ChatReply> AroundOneTry(HttpChatOptions options, TimeProvider clock) =>
        new ResiliencePipelineBuilder<ChatReply> { TimeProvider = clock }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<ChatReply>
            {
                FailureRatio = BreakAtShare,
                MinimumThroughput = BreakAtLeast,
                SamplingDuration = Sampling,
                BreakDuration = Break,
                ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is TimeoutRejectedException or ChatException { Failure: ChatFailure.Unavailable }),
            })
            .AddTimeout(options.AttemptTimeout)
            .Build();

    /// <summary>Why a try failed, for people.</summary>
    public static string Reason(Exception failure, HttpChatOptions options) => failure switch
    {
        TimeoutRejectedException => FormattableString.Invariant($"no whole answer within {options.AttemptTimeout.TotalSeconds:0.###} seconds"),
        BrokenCircuitException => "the server fails too often and is left alone for a while",
        _ => failure.Message,
    };

    private static bool IsWorthATry(Exception? failure, int attempt, HttpChatOptions options) => failure switch
    {
        TimeoutRejectedException or BrokenCircuitException => true,
        ChatException { RetryAfter: { } wait } when wait > options.TotalTimeout => false,
        ChatException { Failure: ChatFailure.Busy or ChatFailure.Unavailable } => true,
        ChatException { Failure: ChatFailure.Unreadable } => attempt == 0, // may have been paid for
        _ => false,
    };

    private static TimeSpan? Wait(Exception? failure) => failure switch
    {
        ChatException { RetryAfter: { } wait } when wait > TimeSpan.Zero => wait,
        BrokenCircuitException { RetryAfter: { } wait } when wait > TimeSpan.Zero => wait,
        _ => null, // exponential
    };
}
