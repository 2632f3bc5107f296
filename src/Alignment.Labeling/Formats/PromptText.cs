using Alignment.Data.Rows;

namespace Alignment.Labeling.Formats;

/// <summary>A prompt as the one text that other tools show.</summary>
public static class PromptText
{
    /// <summary>Text as it stands; a single user's message as its text; other messages one after the other, each with its role.</summary>
    /// <param name="prompt">The prompt.</param>
    public static string Of(Content prompt) => prompt switch
    {
        ChatContent { Messages: [{ Role: Message.User } only] } => only.Content,
        ChatContent { Messages: var messages } => string.Join("\n\n", messages.Select(message => $"{message.Role}: {message.Content}")),
        _ => prompt.ToString()!,
    };

    /// <summary>Text as it compares: spreadsheets and browsers change line ends and drop blanks at the end.</summary>
    /// <param name="text">The text.</param>
    internal static string Comparable(string text) => text.ReplaceLineEndings("\n").TrimEnd();
}
