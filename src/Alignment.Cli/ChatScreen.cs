namespace Alignment.Cli;

/// <summary>Where a conversation is read and written: a terminal, or pipes. Answers go to the output, everything else to the error stream.</summary>
/// <param name="input">The user's lines.</param>
/// <param name="output">The answers.</param>
/// <param name="notes">Everything else.</param>
/// <param name="isTerminal">Somebody is watching: prompts are shown and figures after each answer.</param>
internal sealed class ChatScreen(TextReader input, TextWriter output, TextWriter notes, bool isTerminal)
{
    private const string Dim = "\u001b[2m";
    private const string Plain = "\u001b[0m";

    /// <summary>Whether somebody is watching.</summary>
    public bool IsTerminal => isTerminal;

    /// <summary>The next line; null when there is none.</summary>
    public string? Ask()
    {
        if (isTerminal)
        {
            output.Write("> ");
            output.Flush();
        }

        var line = input.ReadLine();
        if (line is null && isTerminal)
        {
            output.WriteLine();
        }

        return line;
    }

    /// <summary>A piece of the answer, at once.</summary>
    public void Say(string piece)
    {
        output.Write(piece);
        output.Flush();
    }

    /// <summary>Ends the answer.</summary>
    public void EndAnswer()
    {
        output.WriteLine();
        output.Flush();
    }

    /// <summary>Something that is not the model's.</summary>
    public void Note(string text) => notes.WriteLine(isTerminal ? $"{Dim}{text}{Plain}" : text);
}
