namespace Alignment.Data.Rows;

/// <summary>What a column holds: text (<see cref="PlainContent"/>) or a list of messages (<see cref="ChatContent"/>).</summary>
public abstract record Content
{
    private protected Content()
    {
    }

    /// <summary>Text as content.</summary>
    public static implicit operator Content(string text) => new PlainContent(text);

    /// <summary>Messages as content.</summary>
    public static implicit operator Content(Message[] messages) => new ChatContent(messages);
}

/// <summary>Text that is used as it stands.</summary>
public sealed record PlainContent(string Text) : Content
{
    /// <inheritdoc/>
    public override string ToString() => Text;
}

/// <summary>Messages, oldest first. Two lists are equal when their messages are.</summary>
public sealed record ChatContent(IReadOnlyList<Message> Messages) : Content
{
    /// <summary>What the row gives its template besides the messages, as a JSON object: <c>tools</c>, <c>documents</c> and those of <c>chat_template_kwargs</c>; null where it gives nothing.</summary>
    public string? Variables { get; init; }

    /// <inheritdoc/>
    public bool Equals(ChatContent? other) => other is not null && Messages.SequenceEqual(other.Messages);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var message in Messages)
        {
            hash.Add(message);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join('\n', Messages.Select(m => $"{m.Role}: {m.Content}"));
}
