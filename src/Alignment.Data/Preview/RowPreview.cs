using System.Globalization;
using System.Text;
using Alignment.Data.Collation;
using Alignment.Data.Rows;
using Spectre.Console;

namespace Alignment.Data.Preview;

/// <summary>
/// Shows rows as the tokens that training sees, with the loss mask: supervised tokens green, the rest grey, neighbours in two
/// shades. Without colour, tokens are parted by │ and supervised runs stand in ⟦ ⟧. A row that cannot be used is shown with its problem.
/// </summary>
/// <param name="options">How rows become examples; with packing, rows are shown as the sequences that they share.</param>
/// <param name="showIds">Whether to write each token's id behind it.</param>
/// <param name="showText">Whether to write the rendered text below the tokens.</param>
/// <param name="showPositions">Whether to write each token's position before it.</param>
public sealed class RowPreview(ExampleOptions options, bool showIds = false, bool showText = false, bool showPositions = false)
{
    private static readonly string[] SupervisedStyles = ["black on green", "black on palegreen1"];
    private static readonly string[] OtherStyles = ["silver", "grey"];

    /// <summary>Shows rows on a console; without colour where it has none, is no terminal or NO_COLOR is set.</summary>
    /// <returns>How many rows could not be used.</returns>
    public int Render(IEnumerable<DataRow> rows, IAnsiConsole console)
    {
        var profile = console.Profile;
        return profile.Capabilities.Ansi && profile.Capabilities.ColorSystem != ColorSystem.NoColors && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            ? Render(rows, text => console.MarkupLine(text), color: true)
            : Render(rows, profile.Out.Writer);
    }

    /// <summary>Shows rows as text without colour.</summary>
    /// <returns>How many rows could not be used.</returns>
    public int Render(IEnumerable<DataRow> rows, TextWriter writer) => Render(rows, writer.WriteLine, color: false);

    private int Render(IEnumerable<DataRow> rows, Action<string> writeLine, bool color)
    {
        var bad = 0;
        var names = new Dictionary<string, string>();
        foreach (var (id, parts, problem) in PreviewPart.All(rows.Select(row => Named(row, names)), options))
        {
            if (problem is not null)
            {
                bad++;
                writeLine(Emphasis(problem, "red", color));
            }
            else
            {
                writeLine(Emphasis(Headline(id, names.GetValueOrDefault(id), parts), "bold", color));
                foreach (var part in parts)
                {
                    writeLine(Emphasis(Caption(part), "blue", color));
                    writeLine(color ? Colored(part) : Marked(part));
                    if (showText)
                    {
                        writeLine(Emphasis("as one text:", "blue", color));
                        writeLine(color ? Markup.Escape(options.Tokenizer.Decode(part.Ids, skipSpecials: false)) : options.Tokenizer.Decode(part.Ids, skipSpecials: false));
                    }
                }
            }

            writeLine("");
        }

        return bad;
    }

    private static string Emphasis(string text, string style, bool color) => color ? $"[{style}]{Markup.Escape(text)}[/]" : text;

    private static DataRow Named(DataRow row, Dictionary<string, string> names)
    {
        names[row.Id] = row.GetType().Name.Replace("Row", "", StringComparison.Ordinal);
        return row;
    }

    private static string Headline(string id, string? type, IReadOnlyList<PreviewPart> parts)
    {
        var tokens = parts.Sum(p => p.Ids.Length);
        var supervised = parts.Sum(p => p.Supervised.Count(s => s));
        return string.Create(CultureInfo.InvariantCulture, $"{id}  {(type is null ? "" : $"{type}, ")}{tokens} tokens, {supervised} supervised ({100.0 * supervised / tokens:F1} %)");
    }

    private static string Caption(PreviewPart part)
    {
        var spans = string.Join(", ", part.Spans().Select(s => $"{s.First}-{s.Last}"));
        return $"{part.Name}: {part.Ids.Length} tokens, supervised {(spans.Length == 0 ? "none" : spans)}";
    }

    /// <summary>A token's text with signs for what cannot be seen.</summary>
    internal static string Visible(string token) => token.Replace("\r", "␍", StringComparison.Ordinal).Replace("\t", "⇥", StringComparison.Ordinal).Replace("\n", "⏎", StringComparison.Ordinal);

    private static string BreaksAfter(string token) => new('\n', token.Count(c => c == '\n'));

    private string Label(int position, int id, string text) => $"{(showPositions ? $"{position}:" : "")}{Visible(text)}{(showIds ? $"({id})" : "")}";

    private string Marked(PreviewPart part)
    {
        var line = new StringBuilder();
        for (var i = 0; i < part.Ids.Length; i++)
        {
            var text = options.Tokenizer.TokenText(part.Ids[i]);
            var begins = part.Supervised[i] && (i == 0 || !part.Supervised[i - 1]);
            var ends = part.Supervised[i] && (i + 1 == part.Ids.Length || !part.Supervised[i + 1]);
            line.Append(i > 0 && line[^1] is not ('\n' or '⟧') && !begins ? "│" : "").Append(begins ? "⟦" : "")
                .Append(Label(i, part.Ids[i], text)).Append(ends ? "⟧" : "").Append(BreaksAfter(text));
        }

        return line.ToString().TrimEnd('\n');
    }

    private string Colored(PreviewPart part)
    {
        var line = new StringBuilder();
        for (var i = 0; i < part.Ids.Length; i++)
        {
            var text = options.Tokenizer.TokenText(part.Ids[i]);
            var style = (part.Supervised[i] ? SupervisedStyles : OtherStyles)[i % 2];
            line.Append('[').Append(style).Append(']').Append(Markup.Escape(Label(i, part.Ids[i], text))).Append("[/]").Append(BreaksAfter(text));
        }

        return line.ToString().TrimEnd('\n');
    }
}
