using System.Buffers;
using System.Text;
using Markdig;
using Markdig.Extensions.EmphasisExtras;

namespace Alignment.Labeling.Server.Rendering;

/// <summary>Markdown of models as HTML that can do nothing: raw HTML is shown as text, images are named but not loaded, links are http and https only.
/// The HTML is written by <see cref="MarkdownWriter"/> from the syntax tree, element by element from a closed list; Markdig's own renderer takes no part.</summary>
internal static class SafeMarkdown
{
    /// <summary>Longer texts, in characters, are shown as plain text: what Markdown they hold is not worth the time.</summary>
    public const int LongestText = 100_000;

    /// <summary>Texts with more characters that Markdown reads something into are shown as plain text too: of some, the parser's time grows with the square of their number.</summary>
    public const int MostMarks = 5_000;

    private static readonly SearchValues<char> Marks = SearchValues.Create("!\"$&()*:<>[\\]_`|~");
    private static readonly MarkdownPipeline Pipeline = Build();

    /// <summary>Renders one text.</summary>
    /// <param name="text">Markdown, hostile perhaps.</param>
    /// <returns>HTML that may stand in a page.</returns>
    public static string ToHtml(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > LongestText || text.Count(Marks.Contains) > MostMarks)
        {
            return Plain(text);
        }

        try
        {
            return new MarkdownWriter().Write(Markdown.Parse(text, Pipeline));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return Plain(text); // nested too deeply, or something that the parser does not survive: the text itself is always shown
        }
    }

    private static string Plain(string text)
    {
        var html = new StringBuilder("<pre class=\"plain\">");
        HtmlText.Append(html, text);
        return html.Append("</pre>").ToString();
    }

    private static MarkdownPipeline Build()
    {
        var builder = new MarkdownPipelineBuilder { MaximumNestingDepth = MarkdownWriter.Deepest }
            .UsePipeTables()
            .UseMathematics()
            .UseTaskLists()
            .UseEmphasisExtras(EmphasisExtraOptions.Strikethrough)
            .DisableHtml();
        return builder.Build();
    }
}
