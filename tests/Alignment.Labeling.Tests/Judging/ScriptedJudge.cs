using Alignment.Labeling.Chat;

namespace Alignment.Labeling.Tests.Judging;

/// <summary>An endpoint in memory that says what a function says of a question.</summary>
internal sealed class ScriptedJudge(Func<AskedPair, ChatRequest, string> says, TokenBudget? budget = null) : IChatEndpoint
{
    public static readonly TokenUsage Each = new(100, 10);

    private int _asked;

    public string Model => "scripted";

    public int Asked => _asked;

    /// <summary>The better answer by a rule, as a verdict.</summary>
    public static string Verdict(string choice, int strength = 2) => $$"""{"reason": "because", "verdict": "{{choice}}", "strength": {{strength}}}""";

    public async Task<ChatReply> AskAsync(ChatRequest request, CancellationToken cancellation = default)
    {
        using var held = budget is null ? null : await budget.ReserveAsync(Each, cancellation);
        await Task.Yield();
        Interlocked.Increment(ref _asked);
        var text = says(AskedPair.Of(request.Messages.First(message => message.Content.Contains("code of this request")).Content), request);
        held?.Settle(Each);
        return new ChatReply(text, ChatFinish.Stop, Each);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
