using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace Alignment.Rollouts.Rewards.Services;

/// <summary>When a request is tried again, how long it waits, and when a service that does nothing but fail is left alone for a while.</summary>
internal static class RewardPipeline
{
    private const double BreakAtShare = 0.9;
    private const int BreakAtLeast = 10;

    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestAsked = TimeSpan.FromMinutes(10);

    /// <summary>Retry with jitter around a circuit breaker, which all requests share, around the timeout of a try.</summary>
    /// <param name="options">Timeout, tries, waits.</param>
    /// <param name="onRetry">Told why and how long a request waits.</param>
    public static ResiliencePipeline<double[]> Of(RewardServiceOptions options, Action<string, TimeSpan> onRetry)
    {
        var delay = TimeSpan.FromSeconds(options.RetrySeconds);
        var builder = new ResiliencePipelineBuilder<double[]>();
        if (options.Retries > 0)
        {
            builder.AddRetry(new RetryStrategyOptions<double[]>
            {
                MaxRetryAttempts = options.Retries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = delay,
                MaxDelay = LongestDelay,
                ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is TimeoutRejectedException or BrokenCircuitException or RewardServiceException { MayPass: true }),
                DelayGenerator = args => ValueTask.FromResult(Asked(args.Outcome.Exception)),
                OnRetry = args =>
                {
                    onRetry(Reason(args.Outcome.Exception!, options), args.RetryDelay);
                    return ValueTask.CompletedTask;
                },
            });
        }

        return builder
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<double[]>
            {
                FailureRatio = BreakAtShare,
                MinimumThroughput = BreakAtLeast,
                SamplingDuration = TimeSpan.FromSeconds(30),
                BreakDuration = TimeSpan.FromSeconds(Math.Clamp(4 * options.RetrySeconds, 0.5, 30)),
                ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is TimeoutRejectedException or RewardServiceException { MayPass: true, RetryAfter: null }),
            })
            .AddTimeout(TimeSpan.FromSeconds(options.TimeoutSeconds))
            .Build();
    }

    /// <summary>Why a try failed, for people.</summary>
    public static string Reason(Exception failure, RewardServiceOptions options) => failure switch
    {
        TimeoutRejectedException => FormattableString.Invariant($"no answer within {options.TimeoutSeconds:0.###} seconds"),
        BrokenCircuitException => "it fails too often and is left alone for a while",
        _ => failure.Message,
    };

    private static TimeSpan? Asked(Exception? failure) => failure switch
    {
        RewardServiceException { RetryAfter: { } wait } when wait > TimeSpan.Zero => wait < LongestAsked ? wait : LongestAsked,
        BrokenCircuitException { RetryAfter: { } wait } when wait > TimeSpan.Zero => wait,
        _ => null, // exponential
    };
}
