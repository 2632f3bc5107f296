using System.Globalization;
using System.Text;

namespace Alignment.Labeling.Server.Rendering;

/// <summary>Text inside HTML.</summary>
internal static class HtmlText
{
    /// <summary>Appends text that shows as it is. Control characters and those that turn the direction of writing around are named instead of obeyed.</summary>
    /// <param name="html">Where to.</param>
    /// <param name="text">The text.</param>
    public static void Append(StringBuilder html, ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (IsHidden(c))
            {
                html.Append("<span class=\"hidden-character\">U+").Append(((int)c).ToString("X4", CultureInfo.InvariantCulture)).Append("</span>");
            }
            else
            {
                AppendEscaped(html, c);
            }
        }
    }

    /// <summary>Text as the value of an attribute in double quotes.</summary>
    /// <param name="text">The text.</param>
    public static string Attribute(string text)
    {
        var html = new StringBuilder(text.Length);
        foreach (var c in text.Where(c => !IsHidden(c)))
        {
            AppendEscaped(html, c);
        }

        return html.ToString();
    }

    private static void AppendEscaped(StringBuilder html, char c) => _ = c switch
    {
        '&' => html.Append("&amp;"),
        '<' => html.Append("&lt;"),
        '>' => html.Append("&gt;"),
        '"' => html.Append("&quot;"),
        '\'' => html.Append("&#39;"),
        '\r' => html,
        _ => html.Append(c),
    };

    // Bidirectional overrides, embeddings and isolates; C0 and C1 controls; the line separators that break scripts.
    private static bool IsHidden(char c) =>
        (char.IsControl(c) && c is not ('\n' or '\r' or '\t')) || c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') or '\u2028' or '\u2029';
}
