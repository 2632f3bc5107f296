using System.Buffers;

namespace Alignment.Data.Formats;

/// <summary>One JSON value of a file: its bytes, valid until the next one is asked for, and the id of its place.</summary>
internal readonly record struct JsonRecord(string Id, ReadOnlyMemory<byte> Utf8)
{
    /// <summary>The columns, where the file is no JSON.</summary>
    public System.Text.Json.Nodes.JsonObject? Columns { get; init; }
}

/// <summary>
/// Cuts a file into its records, one in memory at a time: the lines of JSONL, the items of a JSON array, or objects over several lines.
/// Which of them it is shows in the first line. Blank lines of JSONL do not count. Files named .csv and .tsv are tables.
/// </summary>
internal static class JsonRecords
{
    public static IEnumerable<JsonRecord> Read(string path) => DataFiles.Extension(path) switch
    {
        ".csv" => CsvRecords.Read(path, separator: null),
        ".tsv" => CsvRecords.Read(path, separator: '\t'),
        _ => ReadJson(path),
    };

    private static IEnumerable<JsonRecord> ReadJson(string path)
    {
        using var scanner = new ByteScanner(path);
        var first = scanner.PeekPastSpace();
        if (first < 0)
        {
            throw new DataFormatException(path, "the file is empty", "remove it from the list or write rows into it");
        }

        foreach (var record in first == '[' ? Items(path, scanner) : first == '{' && scanner.LineIsOpen() ? Objects(path, scanner) : Lines(path, scanner))
        {
            yield return record;
        }
    }

    private static IEnumerable<JsonRecord> Lines(string path, ByteScanner scanner)
    {
        var line = new ArrayBufferWriter<byte>();
        for (var number = scanner.Line; scanner.ReadLine(line); number = scanner.Line)
        {
            if (line.WrittenSpan.ContainsAnyExcept(" \t\r"u8))
            {
                yield return new JsonRecord($"{path}:{number}", line.WrittenMemory);
            }
        }
    }

    private static IEnumerable<JsonRecord> Objects(string path, ByteScanner scanner)
    {
        var item = new ArrayBufferWriter<byte>();
        for (var next = scanner.PeekPastSpace(); next >= 0; next = scanner.PeekPastSpace())
        {
            var id = $"{path}:{scanner.Line}";
            if (next != '{')
            {
                throw new DataFormatException(id, $"there is '{(char)next}' where an object should begin", "a file is one JSON array, or JSON objects one after the other");
            }

            if (CopyItem(scanner, item, whole: true) < 0)
            {
                throw new DataFormatException(id, "the file ends inside the object that begins here", "the file is cut off or a quote or bracket is missing: write it again");
            }

            yield return new JsonRecord(id, item.WrittenMemory);
        }
    }

    private static IEnumerable<JsonRecord> Items(string path, ByteScanner scanner)
    {
        scanner.Read();
        var item = new ArrayBufferWriter<byte>();
        var previousLine = 0;
        for (var index = 1; ; index++)
        {
            var next = scanner.PeekPastSpace();
            if (index == 1 && next == ']')
            {
                throw new DataFormatException(path, "the array is empty", "remove the file from the list or write rows into it");
            }

            var line = scanner.Line;
            var id = line == previousLine ? $"{path}:{line}#{index}" : $"{path}:{line}";
            previousLine = line;
            var end = CopyItem(scanner, item);
            if (end < 0)
            {
                throw new DataFormatException(id, "the file ends inside the array", "the file is cut off or a quote or bracket is missing here: write it again");
            }

            if (!item.WrittenSpan.ContainsAnyExcept(" \t\r\n"u8))
            {
                throw new DataFormatException(id, $"an array item is missing before '{(char)end}'", "remove the extra comma");
            }

            yield return new JsonRecord(id, item.WrittenMemory);
            if (end == ']')
            {
                break;
            }
        }

        if (scanner.PeekPastSpace() >= 0)
        {
            throw new DataFormatException($"{path}:{scanner.Line}", "there is text after the end of the array", "a file is one JSON array or one JSON object per line, not both");
        }
    }

    /// <summary>Copies one item and takes the comma or bracket after it, which it returns; -1 where the file ends first. A whole object ends with its own bracket.</summary>
    private static int CopyItem(ByteScanner scanner, ArrayBufferWriter<byte> item, bool whole = false)
    {
        item.ResetWrittenCount();
        var line = scanner.Line;
        var depth = 0;
        var inString = false;
        while (true)
        {
            var value = scanner.Read();
            if (value < 0 || (!inString && depth == 0 && value is ',' or ']'))
            {
                return value;
            }

            item.GetSpan(2)[0] = (byte)value;
            item.Advance(1);
            scanner.CheckLength(item.WrittenCount, line);
            switch (value)
            {
                case '"':
                    inString = !inString;
                    break;
                case '\\' when inString && scanner.Peek() >= 0:
                    item.GetSpan(1)[0] = (byte)scanner.Read();
                    item.Advance(1);
                    break;
                case '{' or '[' when !inString:
                    depth++;
                    break;
                case '}' or ']' when !inString:
                    depth--;
                    if (whole && depth == 0)
                    {
                        return value;
                    }

                    break;
            }
        }
    }
}
