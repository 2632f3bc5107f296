namespace Alignment.Labeling.Chat;

/// <summary>Something that answers conversations: a server, or a model in this process. May be used from many threads at once.</summary>
public interface IChatEndpoint : IAsyncDisposable
{
    /// <summary>The model's name.</summary>
    string Model { get; }

    /// <summary>Asks once. What can be tried again has been tried again when this fails.</summary>
    /// <param name="request">Messages and options.</param>
    /// <param name="cancellation">Ends the request, and the waiting between tries.</param>
    /// <exception cref="ChatException">There is no answer; <see cref="ChatException.Failure"/> says whether others can hope for one.</exception>
    /// <exception cref="BudgetExhaustedException">The budget has no room for the request; it was not sent.</exception>
    Task<ChatReply> AskAsync(ChatRequest request, CancellationToken cancellation = default);
}
