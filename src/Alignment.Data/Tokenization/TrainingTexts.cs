using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Data.Formats;
using Alignment.Data.Rows;

namespace Alignment.Data.Tokenization;

/// <summary>The texts that a tokenizer is trained on, one at a time.</summary>
internal static class TrainingTexts
{
    private const int ChunkLength = 1 << 16;

    public static IEnumerable<string> Read(TokenizerTrainingOptions options)
    {
        foreach (var file in DataFiles.Resolve(options.Files))
        {
            var texts = IsPlain(file) ? ReadPlain(file)
                : options.Columns.Count > 0 ? JsonRecords.Read(file).SelectMany(record => ReadColumns(record, options.Columns))
                : new RowReader(RowTypes.Any).Read(file).SelectMany(ReadRow);
            foreach (var text in texts)
            {
                yield return text;
            }
        }
    }

    private static bool IsPlain(string file) =>
        file.EndsWith(".txt", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".txt.gz", StringComparison.OrdinalIgnoreCase);

    /// <summary>Cuts a long text before lines that do not begin with a blank, so that no word is cut.</summary>
    private static IEnumerable<string> ReadPlain(string file)
    {
        using var stream = File.OpenRead(file);
        using Stream text = file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new WholeGzipStream(stream) : stream;
        using var reader = new StreamReader(text, Encoding.UTF8);
        var chunk = new StringBuilder();
        while (Line(reader, file) is { } line)
        {
            if (chunk.Length >= ChunkLength && line.Length > 0 && !char.IsWhiteSpace(line[0]))
            {
                yield return chunk.ToString();
                chunk.Clear();
            }

            chunk.Append(line).Append('\n');
        }

        if (chunk.Length > 0)
        {
            yield return chunk.ToString();
        }
    }

    private static string? Line(StreamReader reader, string file)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (InvalidDataException e)
        {
            throw new DataFormatException(file, $"the gzip data is damaged ({e.Message.TrimEnd('.')})", "copy or download the file again", e);
        }
    }

    private static IEnumerable<string> ReadColumns(JsonRecord record, IReadOnlyList<string> columns)
    {
        var row = JsonObjects.Parse(record);
        foreach (var column in columns)
        {
            if (!row.TryGetPropertyValue(column, out var value) || value is null)
            {
                throw new DataFormatException(record.Id, $"the row has no column '{column}'", $"it has {string.Join(", ", row.Select(c => c.Key))}: correct 'columns'");
            }

            foreach (var text in TextsOf(value))
            {
                yield return text;
            }
        }
    }

    /// <summary>A text itself; of lists and objects (messages) every text but the roles.</summary>
    private static IEnumerable<string> TextsOf(JsonNode? value) => value switch
    {
        JsonValue text when text.GetValueKind() == JsonValueKind.String => [text.GetValue<string>()],
        JsonArray list => list.SelectMany(TextsOf),
        JsonObject map => map.Where(m => m.Key != "role").SelectMany(m => TextsOf(m.Value)),
        _ => [],
    };

    private static IEnumerable<string> ReadRow(DataRow row) => row switch
    {
        TextRow text => [text.Text],
        MessagesRow chat => chat.Messages.Select(m => m.Content),
        PromptCompletionRow pair => [.. TextsOf(pair.Prompt), .. TextsOf(pair.Completion)],
        PreferenceRow pair => [.. TextsOf(pair.Prompt), .. TextsOf(pair.Chosen), .. TextsOf(pair.Rejected)],
        PromptRow prompt => TextsOf(prompt.Prompt),
        _ => [],
    };

    private static IEnumerable<string> TextsOf(Content content) => content switch
    {
        PlainContent plain => [plain.Text],
        ChatContent chat => chat.Messages.Select(m => m.Content),
        _ => [],
    };
}
