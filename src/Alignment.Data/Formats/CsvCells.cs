using System.Text;

namespace Alignment.Data.Formats;

/// <summary>Cuts a table into its cells.</summary>
/// <param name="path">For messages of errors.</param>
/// <param name="scanner">The bytes.</param>
internal sealed class CsvCells(string path, ByteScanner scanner)
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    private readonly List<byte> _cell = [];
    private char? _separator;

    /// <summary>The line in which the row that was read last begins.</summary>
    public int Line { get; private set; }

    /// <summary>The cells of the next row; null at the end.</summary>
    /// <param name="given">The separator; null: the one that the first line has more of.</param>
    public List<string>? ReadRow(char? given)
    {
        if (scanner.Peek() < 0)
        {
            return null;
        }

        var separator = _separator ??= given ?? scanner.MoreInLine(',', ';');
        Line = scanner.Line;
        List<string> cells = [];
        var bytes = 0;
        while (true)
        {
            var end = ReadCell(separator);
            bytes += _cell.Count;
            scanner.CheckLength(bytes, Line);
            cells.Add(Text());
            if (end != separator)
            {
                return cells;
            }
        }
    }

    /// <summary>Reads a cell and takes what ends it, which it returns; -1 at the end of the file.</summary>
    private int ReadCell(char separator)
    {
        _cell.Clear();
        var quoted = scanner.Peek() == '"';
        if (quoted)
        {
            scanner.Read();
        }

        while (true)
        {
            var value = scanner.Read();
            switch (value)
            {
                case < 0 when quoted:
                    throw new DataFormatException($"{path}:{Line}", "the file ends inside quotes", "a quote is missing in this row, or the file is cut off");
                case 0:
                    throw new DataFormatException($"{path}:{scanner.Line}", "there is a NUL byte", "the file is damaged or no table: write it again");
                case '"' when quoted && scanner.Peek() == '"':
                    scanner.Read();
                    _cell.Add((byte)'"');
                    break;
                case '"' when quoted:
                    quoted = false;
                    break;
                case '\r' when !quoted && scanner.Peek() == '\n':
                    break;
                case < 0 or '\n' when !quoted:
                    return value;
                default:
                    if (value == separator && !quoted)
                    {
                        return value;
                    }

                    _cell.Add((byte)value);
                    break;
            }

            if ((_cell.Count & 0xFFFFF) == 0xFFFFF)
            {
                scanner.CheckLength(_cell.Count, Line);
            }
        }
    }

    private string Text()
    {
        try
        {
            return Strict.GetString(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_cell));
        }
        catch (DecoderFallbackException e)
        {
            throw new DataFormatException($"{path}:{Line}", "a cell is not UTF-8", "save the file as 'CSV UTF-8'", e);
        }
    }
}
