using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Data.Rows;

namespace Alignment.Cli;

/// <summary>Reads lines, answers them, and does what a line that begins with a slash asks for.</summary>
internal sealed class ChatLoop(Conversation conversation, ChatScreen screen, AnswerInterrupts interrupts)
{
    private const string Help = """
        /system TEXT  give the model instructions; without TEXT, take them back
        /reset        forget the conversation; the instructions stay
        /undo         forget the last question and its answer
        /stats        figures of the last answer
        /save FILE    write the conversation as a row of training data ({"messages": ...})
        /exit         leave, as Ctrl-D does
        A message that begins with a slash is written with two. Ctrl-C stops an answer.
        """;

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Until the input ends or the user leaves.</summary>
    public void Run()
    {
        if (screen.IsTerminal)
        {
            screen.Note("Type a message, or /help.");
        }

        while (screen.Ask() is { } line)
        {
            var text = line.Trim();
            if (text.Length == 0)
            {
                continue;
            }

            if (text[0] != '/' || text.StartsWith("//", StringComparison.Ordinal))
            {
                Answer(text[0] == '/' ? text[1..] : text);
            }
            else if (!Obey(text))
            {
                return;
            }
        }
    }

    private void Answer(string question)
    {
        try
        {
            var dropped = interrupts.During(cancel => conversation.Ask(question, screen.Say, cancel));
            screen.EndAnswer();
            if (conversation.Messages is not [.., { Role: Message.Assistant }])
            {
                screen.Note("The model gave no answer; the message is forgotten.");
            }

            if (dropped > 0)
            {
                screen.Note($"The context is full: the oldest {dropped} messages were dropped.");
            }

            if (screen.IsTerminal)
            {
                screen.Note(conversation.Last!.ToString());
            }
        }
        catch (Exception error) when (error is InvalidDataException or FormatException)
        {
            screen.Note($"error: {error.Message}");
        }
    }

    /// <summary>Does what a line asks for; false when it asks to leave.</summary>
    private bool Obey(string line)
    {
        var blank = line.IndexOf(' ', StringComparison.Ordinal);
        var (name, rest) = blank < 0 ? (line, "") : (line[..blank], line[(blank + 1)..].Trim());
        switch (name)
        {
            case "/exit":
                return false;
            case "/help":
                screen.Note(Help);
                break;
            case "/reset":
                conversation.Reset();
                screen.Note("The conversation is forgotten.");
                break;
            case "/undo":
                screen.Note(conversation.Undo() ? "The last question and its answer are forgotten." : "There is nothing to undo.");
                break;
            case "/system":
                conversation.System = rest.Length == 0 ? null : rest;
                screen.Note(rest.Length == 0 ? "The instructions are taken back." : "The instructions are set.");
                break;
            case "/stats":
                screen.Note(conversation.Last?.ToString() ?? "There is no answer yet.");
                break;
            case "/save":
                Save(rest);
                break;
            default:
                screen.Note($"There is no command {name}; /help lists them.");
                break;
        }

        return true;
    }

    private void Save(string path)
    {
        if (path.Length == 0)
        {
            screen.Note("Name the file: /save FILE");
            return;
        }

        var messages = conversation.Messages.Select(message => (JsonNode)new JsonObject { ["role"] = message.Role, ["content"] = message.Content });
        try
        {
            AtomicFile.WriteText(path, new JsonObject { ["messages"] = new JsonArray([.. messages]) }.ToJsonString(Readable) + "\n");
            screen.Note($"{conversation.Messages.Count} messages are in {path}.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            screen.Note($"error: {error.Message}");
        }
    }
}
