namespace Alignment.Data.Rows;

/// <summary>One turn of a conversation. Roles are <see cref="System"/>, <see cref="User"/>, <see cref="Assistant"/> and <see cref="Tool"/>.</summary>
public sealed record Message(string Role, string Content)
{
    /// <summary>The instructions that come before the first user turn.</summary>
    public const string System = "system";

    /// <summary>The person who asks.</summary>
    public const string User = "user";

    /// <summary>The model. The only role whose tokens are trained on.</summary>
    public const string Assistant = "assistant";

    /// <summary>The result of a tool that the assistant called.</summary>
    public const string Tool = "tool";

    /// <summary>The whole message as JSON, for templates, where it holds more than a role and a text: tool calls, parts, a name.</summary>
    public string? Json { get; init; }

    /// <summary>Whether it holds something that only a template of its own can write: calls of tools, or parts that are no text.</summary>
    public bool NeedsOwnTemplate { get; init; }
}
