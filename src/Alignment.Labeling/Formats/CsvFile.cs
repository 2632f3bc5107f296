using System.Text;
using Alignment.Data;

namespace Alignment.Labeling.Formats;

/// <summary>
/// Comma-separated values (RFC 4180) that a spreadsheet may open without harm: a cell that would be taken for a formula (it begins with = + - @, a tab or a carriage
/// return) gets an apostrophe in front, and so does one that begins with an apostrophe, so that reading takes exactly what writing added.
/// </summary>
internal static class CsvFile
{
    private const string Dangerous = "=+-@\t\r'";
    private const int MostColumns = 200;

    public static string Line(IEnumerable<string> cells) => string.Join(',', cells.Select(Cell)) + "\r\n";

    /// <summary>The rows of a file with the line each begins in. Comma or semicolon, whichever the first line has outside quotes.</summary>
    public static IEnumerable<(int Line, List<string> Cells)> Read(string path)
    {
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(path)).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException e)
        {
            throw new DataFormatException(path, "the file is not UTF-8", "save it as 'CSV UTF-8'", e);
        }

        return Rows(text, Separator(text), path);
    }

    private static IEnumerable<(int Line, List<string> Cells)> Rows(string text, char separator, string path)
    {
        List<string> cells = [];
        var cell = new StringBuilder();
        var (line, start, quoted, wasQuoted) = (1, 1, false, false);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            line += c == '\n' ? 1 : 0;
            if (quoted)
            {
                if (c != '"')
                {
                    cell.Append(c);
                }
                else if (i + 1 < text.Length && text[i + 1] == '"')
                {
                    cell.Append('"');
                    i++;
                }
                else
                {
                    quoted = false;
                }
            }
            else if (c == '"' && cell.Length == 0 && !wasQuoted)
            {
                (quoted, wasQuoted) = (true, true);
            }
            else if (c == separator || c == '\n')
            {
                var end = c == '\n' && cell.Length > 0 && cell[^1] == '\r' && !wasQuoted ? cell.Length - 1 : cell.Length;
                cells.Add(Plain(cell.ToString(0, end)));
                cell.Clear();
                wasQuoted = false;
                if (cells.Count > MostColumns)
                {
                    throw new DataFormatException($"{path}:{start}", $"the row has more than {MostColumns} columns", "a quote is probably missing before this place");
                }

                if (c == '\n')
                {
                    yield return (start, cells);
                    (cells, start) = ([], line);
                }
            }
            else if (!wasQuoted || c != '\r')
            {
                cell.Append(c);
            }
        }

        if (quoted)
        {
            throw new DataFormatException($"{path}:{start}", "the file ends inside quotes", "a quote is missing in this row, or the file is cut off");
        }

        if (cells.Count > 0 || cell.Length > 0)
        {
            cells.Add(Plain(cell.ToString()));
            yield return (start, cells);
        }
    }

    private static char Separator(string text)
    {
        var end = text.IndexOf('\n');
        var head = end < 0 ? text : text[..end];
        return head.Count(c => c == ';') > head.Count(c => c == ',') ? ';' : ',';
    }

    private static string Cell(string text)
    {
        var safe = text.Length > 0 && Dangerous.Contains(text[0]) ? "'" + text : text;
        return safe.AsSpan().IndexOfAny("\",;\r\n\t") >= 0 || safe != safe.Trim() ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }

    private static string Plain(string cell) => cell.Length > 1 && cell[0] == '\'' && Dangerous.Contains(cell[1]) ? cell[1..] : cell;
}
