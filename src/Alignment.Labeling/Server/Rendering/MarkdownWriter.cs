using System.Globalization;
using System.Text;
using Markdig.Extensions.Mathematics;
using Markdig.Extensions.Tables;
using Markdig.Syntax;

namespace Alignment.Labeling.Server.Rendering;

/// <summary>Writes a Markdown tree as HTML. Only the elements and attributes named in this file and in <see cref="InlineWriter"/> can come out;
/// a node that neither knows comes out as its text.</summary>
internal sealed class MarkdownWriter
{
    /// <summary>The deepest nesting.</summary>
    public const int Deepest = 64;

    private const int PageHeadings = 2; // the page itself uses h1 and h2
    private readonly StringBuilder _html = new();
    private readonly InlineWriter _inlines;

    public MarkdownWriter() => _inlines = new InlineWriter(_html);

    /// <summary>Writes a document.</summary>
    /// <param name="document">The parsed text.</param>
    /// <exception cref="InvalidDataException">It is nested too deeply.</exception>
    public string Write(MarkdownDocument document)
    {
        Children(document, 0);
        return _html.ToString();
    }

    private void Children(ContainerBlock parent, int depth)
    {
        if (depth > Deepest)
        {
            throw new InvalidDataException("nested too deeply");
        }

        foreach (var child in parent)
        {
            Block(child, depth + 1);
        }
    }

    private void Block(Block block, int depth)
    {
        switch (block)
        {
            case BlankLineBlock or EmptyBlock:
                break;
            case HeadingBlock heading:
                Leaf(FormattableString.Invariant($"h{Math.Min(heading.Level + PageHeadings, 6)}"), heading);
                break;
            case ParagraphBlock paragraph:
                Leaf("p", paragraph);
                break;
            case MathBlock math:
                Lines("<pre class=\"math\">", math, "</pre>");
                break;
            case CodeBlock code:
                Code(code);
                break;
            case ListBlock list:
                List(list, depth);
                break;
            case QuoteBlock quote:
                Around("blockquote", quote, depth);
                break;
            case ThematicBreakBlock:
                _html.Append("<hr>");
                break;
            case Table table:
                TableRows(table, depth);
                break;
            case LinkReferenceDefinitionGroup definitions:
                foreach (var definition in definitions.OfType<LinkReferenceDefinition>())
                {
                    _html.Append("<p>");
                    HtmlText.Append(_html, $"[{definition.Label}]: {definition.Url} {definition.Title}".TrimEnd());
                    _html.Append("</p>");
                }

                break;
            case LeafBlock leaf:
                Lines("<p>", leaf, "</p>");
                break;
            case ContainerBlock container:
                Children(container, depth);
                break;
        }
    }

    private void Leaf(string tag, LeafBlock block)
    {
        _html.Append('<').Append(tag).Append('>');
        if (block.Inline is { } inline)
        {
            _inlines.Write(inline);
        }

        _html.Append("</").Append(tag).Append('>');
    }

    private void Around(string tag, ContainerBlock block, int depth)
    {
        _html.Append('<').Append(tag).Append('>');
        Children(block, depth);
        _html.Append("</").Append(tag).Append('>');
    }

    private void Lines(string before, LeafBlock block, string after)
    {
        _html.Append(before);
        HtmlText.Append(_html, block.Lines.ToString());
        _html.Append(after);
    }

    private void Code(CodeBlock code)
    {
        if (code is FencedCodeBlock { Info: { Length: > 0 and < 40 } language })
        {
            _html.Append("<p class=\"language\">");
            HtmlText.Append(_html, language);
            _html.Append("</p>");
        }

        Lines("<pre><code>", code, "</code></pre>");
    }

    private void List(ListBlock list, int depth)
    {
        var tag = list.IsOrdered ? "ol" : "ul";
        _html.Append('<').Append(tag);
        if (list.IsOrdered && int.TryParse(list.OrderedStart, NumberStyles.None, CultureInfo.InvariantCulture, out var start) && start != 1)
        {
            _html.Append(CultureInfo.InvariantCulture, $" start=\"{start}\"");
        }

        _html.Append('>');
        foreach (var item in list.OfType<ListItemBlock>())
        {
            Around("li", item, depth);
        }

        _html.Append("</").Append(tag).Append('>');
    }

    private void TableRows(Table table, int depth)
    {
        _html.Append("<div class=\"table\"><table>");
        foreach (var row in table.OfType<TableRow>())
        {
            _html.Append("<tr>");
            foreach (var cell in row.OfType<TableCell>())
            {
                _html.Append(row.IsHeader ? "<th scope=\"col\">" : "<td>");
                Children(cell, depth + 1);
                _html.Append(row.IsHeader ? "</th>" : "</td>");
            }

            _html.Append("</tr>");
        }

        _html.Append("</table></div>");
    }
}
