using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats.Public;

/// <summary>Texts as the messages of a conversation, and back.</summary>
internal static class Dialog
{
    private const string Between = "\n\n";

    /// <summary>A prompt of one user's message, after an optional system message.</summary>
    public static ChatContent Prompt(string text, string? system = null) =>
        new(string.IsNullOrEmpty(system) ? [new Message(Message.User, text)] : [new Message(Message.System, system), new Message(Message.User, text)]);

    /// <summary>A response.</summary>
    public static ChatContent Answer(string text) => new([new Message(Message.Assistant, text)]);

    /// <summary>An instruction with its input below it, where it has one.</summary>
    public static string Instruction(string instruction, string? input) => string.IsNullOrEmpty(input) ? instruction : instruction + Between + input;

    /// <summary>Parts an instruction from the input that stayed in <c>meta</c>, where the text still ends with it.</summary>
    public static (string Instruction, string Input) Parted(string text, JsonObject meta)
    {
        if (meta["input"] is JsonValue value && value.TryGetValue<string>(out var input) && input.Length > 0 && text.EndsWith(Between + input, StringComparison.Ordinal))
        {
            meta.Remove("input");
            return (text[..^(Between.Length + input.Length)], input);
        }

        return (text, "");
    }

    /// <summary>A single user's message, and the system's before it; null where there is more to the prompt.</summary>
    public static (string? System, string Text)? Single(Content prompt) => prompt switch
    {
        PlainContent plain => (null, plain.Text),
        ChatContent { Variables: null, Messages: [{ Role: Message.User, NeedsOwnTemplate: false } user] } => (null, user.Content),
        ChatContent { Variables: null, Messages: [{ Role: Message.System } system, { Role: Message.User, NeedsOwnTemplate: false } user] } => (system.Content, user.Content),
        _ => null,
    };

    /// <summary>A response of one message as its text; null where there is more to it.</summary>
    public static string? Text(Content response) => response switch
    {
        PlainContent plain => plain.Text,
        ChatContent { Messages: [{ NeedsOwnTemplate: false } only] } => only.Content,
        _ => null,
    };
}
