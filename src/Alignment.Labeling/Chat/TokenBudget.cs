using System.Globalization;

namespace Alignment.Labeling.Chat;

/// <summary>
/// Counts what requests take and lets one go only when the most it may take fits into what is left, with the most that those in flight may take set aside. While
/// others are in flight a request that does not fit waits for them: they usually take less. The first one that fits no more ends it for all.
/// </summary>
/// <param name="limits">Limits and prices.</param>
/// <param name="spent">What was spent before.</param>
/// <param name="onLost">Told of tokens that were probably paid for without an answer: the connection broke, or took too long.</param>
public sealed class TokenBudget(BudgetLimits limits, TokenUsage? spent = null, Action<TokenUsage>? onLost = null)
{
    private readonly Lock _gate = new();
    private TokenUsage _spent = spent ?? TokenUsage.None;
    private TokenUsage _reserved = TokenUsage.None;
    private TaskCompletionSource _freed = NewSignal();
    private string? _exhausted;

    /// <summary>Limits and prices.</summary>
    public BudgetLimits Limits => limits;

    /// <summary>What was spent so far.</summary>
    public TokenUsage Spent
    {
        get
        {
            lock (_gate)
            {
                return _spent;
            }
        }
    }

    /// <summary>Sets aside what a request may take.</summary>
    /// <param name="most">The most that it may take.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>To be settled when the answer is there, and disposed in any case.</returns>
    /// <exception cref="BudgetExhaustedException">It does not fit.</exception>
    internal async Task<Reservation> ReserveAsync(TokenUsage most, CancellationToken cancellation)
    {
        while (true)
        {
            Task freed;
            lock (_gate)
            {
                if (_exhausted is null && Problem(_spent + _reserved + most) is null)
                {
                    _reserved += most;
                    return new Reservation(this, most);
                }

                if (_exhausted is null && _reserved.Total == 0)
                {
                    _exhausted = $"{Problem(_spent + most)}, {_spent.Total} tokens are spent, and the next request may take {most.Total}";
                }

                if (_exhausted is { } message)
                {
                    Signal();
                    throw new BudgetExhaustedException(message);
                }

                freed = _freed.Task;
            }

            await freed.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    private string? Problem(TokenUsage usage)
    {
        if (usage.Total > limits.MaxTokens)
        {
            return $"the budget is {limits.MaxTokens} tokens";
        }

        return limits.Cost(usage) > limits.MaxCost ? string.Create(CultureInfo.InvariantCulture, $"the budget is {limits.MaxCost}, {limits.Cost(_spent):0.######} of it") : null;
    }

    private void Free(TokenUsage most, TokenUsage taken, bool isLost)
    {
        lock (_gate)
        {
            _reserved -= most;
            _spent += taken;
            Signal();
        }

        if (isLost)
        {
            onLost?.Invoke(taken);
        }
    }

    private void Signal()
    {
        _freed.TrySetResult();
        _freed = NewSignal();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What is set aside for one request.</summary>
    internal sealed class Reservation(TokenBudget budget, TokenUsage most) : IDisposable
    {
        private bool _done;

        /// <summary>Whether the server has the request and may be charging for it.</summary>
        public bool IsCharged { get; set; }

        /// <summary>The answer is there.</summary>
        public void Settle(TokenUsage taken)
        {
            _done = true;
            budget.Free(most, taken, isLost: false);
        }

        /// <summary>Without an answer: gives back what was set aside, or counts all of it when the server may have charged for it.</summary>
        public void Dispose()
        {
            if (!_done)
            {
                _done = true;
                budget.Free(most, IsCharged ? most : TokenUsage.None, IsCharged);
            }
        }
    }
}
