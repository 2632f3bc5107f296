using System.Text;
using Markdig.Extensions.Mathematics;
using Markdig.Extensions.TaskLists;
using Markdig.Syntax.Inlines;

namespace Alignment.Labeling.Server.Rendering;

/// <summary>Writes what stands inside a paragraph.</summary>
internal sealed class InlineWriter(StringBuilder html)
{
    private int _depth;
    private bool _inLink;

    /// <summary>Writes a run of inlines.</summary>
    /// <param name="parent">Their parent.</param>
    /// <exception cref="InvalidDataException">It is nested too deeply.</exception>
    public void Write(ContainerInline parent)
    {
        if (++_depth > MarkdownWriter.Deepest)
        {
            throw new InvalidDataException("nested too deeply");
        }

        foreach (var inline in parent)
        {
            One(inline);
        }

        _depth--;
    }

    private void One(Inline inline)
    {
        switch (inline)
        {
            case LiteralInline literal:
                Literal(literal);
                break;
            case LineBreakInline:
                html.Append("<br>"); // models' answers mean the line ends that they write
                break;
            case EmphasisInline emphasis:
                var tag = emphasis.DelimiterChar == '~' ? "del" : emphasis.DelimiterCount >= 2 ? "strong" : "em";
                html.Append('<').Append(tag).Append('>');
                Write(emphasis);
                html.Append("</").Append(tag).Append('>');
                break;
            case CodeInline code:
                Wrapped("<code>", code.Content, "</code>");
                break;
            case MathInline math:
                var dollars = new string(math.Delimiter, math.DelimiterCount);
                Wrapped("<span class=\"math\">", $"{dollars}{math.Content}{dollars}", "</span>");
                break;
            case LinkInline { IsImage: true } image:
                html.Append("<span class=\"image\">[image: ");
                Write(image);
                Text($"{(image.FirstChild is null ? "" : " · ")}{image.Url}");
                html.Append("]</span>");
                break;
            case LinkInline link:
                Link(link.GetDynamicUrl?.Invoke() ?? link.Url, () => Write(link));
                break;
            case AutolinkInline link:
                Link(link.IsEmail ? null : link.Url, () => Text(link.Url));
                break;
            case HtmlEntityInline entity:
                Text(entity.Transcoded.ToString());
                break;
            case HtmlInline tagText:
                Text(tagText.Tag);
                break;
            case TaskList task:
                html.Append(task.Checked ? "☑" : "☐");
                break;
            case DelimiterInline delimiter:
                Text(delimiter.ToLiteral());
                Write(delimiter);
                break;
            case ContainerInline container:
                Write(container);
                break;
            default:
                Text(inline.ToString());
                break;
        }
    }

    private void Literal(LiteralInline literal)
    {
        var text = literal.Content.AsSpan();
        if (literal.IsFirstCharacterEscaped && text.Length > 0 && text[0] is '(' or ')' or '[' or ']')
        {
            html.Append('\\'); // \( x \) and \[ x \] are formulas far more often than escaped brackets
        }

        HtmlText.Append(html, text);
    }

    // The host stands behind the text, because the text may say anything.
    private void Link(string? url, Action text)
    {
        if (_inLink || !Uri.TryCreate(url, UriKind.Absolute, out var target) || !(target.Scheme == Uri.UriSchemeHttp || target.Scheme == Uri.UriSchemeHttps) || target.Host.Length == 0)
        {
            text();
            if (!_inLink && url is { Length: > 0 })
            {
                Wrapped("<span class=\"target\"> (", url, ")</span>");
            }

            return;
        }

        _inLink = true;
        html.Append("<a href=\"").Append(HtmlText.Attribute(target.AbsoluteUri)).Append("\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">");
        text();
        html.Append("</a>");
        Wrapped("<span class=\"target\"> (", target.IdnHost, ")</span>");
        _inLink = false;
    }

    private void Wrapped(string before, string text, string after)
    {
        html.Append(before);
        Text(text);
        html.Append(after);
    }

    private void Text(string? text) => HtmlText.Append(html, text);
}
