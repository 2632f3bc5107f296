using Alignment.Data;
using Alignment.Data.Formats;
using Alignment.Data.Rows;

namespace Alignment.Cli;

/// <summary>Where <c>alignment generate</c> gets its prompts.</summary>
internal static class GenerationPrompts
{
    /// <summary>The name of the standard input among files.</summary>
    public const string StandardInput = "-";

    private static readonly string[] RowFiles = [".jsonl", ".json", ".jsonl.gz", ".json.gz"];

    /// <summary>Prompts in the order given: those of the command line, then those of the files.</summary>
    /// <param name="texts">Prompts of the command line.</param>
    /// <param name="files">Rows of JSONL or JSON with a <c>prompt</c>, or text with a prompt on each line; <c>-</c> is the standard input.</param>
    /// <param name="input">The standard input.</param>
    /// <returns>Rows to be tokenized.</returns>
    /// <exception cref="DataFormatException">A row or line cannot be used.</exception>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    public static IEnumerable<PromptRow> Read(IReadOnlyList<string> texts, IReadOnlyList<string> files, TextReader input) =>
        texts.Select((text, i) => Row(text, $"prompt {i + 1}")).Concat(files.SelectMany(file => OfFile(file, input)));

    private static IEnumerable<PromptRow> OfFile(string file, TextReader input)
    {
        if (file == StandardInput)
        {
            return Lines(input, "standard input");
        }

        var paths = DataFiles.Resolve([file]);
        return paths.SelectMany(path => RowFiles.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
            ? new RowReader(RowTypes.Prompt).Read(path).Cast<PromptRow>()
            : Lines(path));
    }

    private static IEnumerable<PromptRow> Lines(string path)
    {
        using var reader = File.OpenText(path);
        foreach (var row in Lines(reader, path))
        {
            yield return row;
        }
    }

    private static IEnumerable<PromptRow> Lines(TextReader reader, string name)
    {
        for (var line = 1; reader.ReadLine() is { } text; line++)
        {
            if (!string.IsNullOrWhiteSpace(text))
            {
                yield return Row(text, $"{name}:{line}");
            }
        }
    }

    private static PromptRow Row(string text, string id) => !string.IsNullOrWhiteSpace(text)
        ? new PromptRow(text) { Id = id }
        : throw new DataFormatException(id, "the prompt is empty", "give it text");
}
