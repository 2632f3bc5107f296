namespace Alignment.Data.Jinja;

/// <summary>Text that <c>safe</c> or <c>escape</c> made: what <c>+</c> joins to it is escaped, as markupsafe does.</summary>
internal static class Markup
{
    /// <summary><c>left + right</c> of two texts.</summary>
    public static Text Add(Text left, Text right, Budget budget)
    {
        var isMarkup = left.IsMarkup || right.IsMarkup;
        return new TextBuilder(budget).Append(isMarkup ? Escape(left, budget) : left).Append(isMarkup ? Escape(right, budget) : right).ToText(isMarkup);
    }

    /// <summary>The text with <c>&amp; &lt; &gt; ' "</c> as entities, unless it is markup already.</summary>
    public static Text Escape(Text text, Budget budget)
    {
        if (text.IsMarkup)
        {
            return text;
        }

        var result = new TextBuilder(budget);
        for (var i = 0; i < text.Value.Length; i++)
        {
            if (Entity(text.Value[i]) is { } entity)
            {
                result.Append(text.Slice(i, i + 1).Mapped(entity));
            }
            else
            {
                result.Append(text, i, i + 1);
            }
        }

        return result.ToText(isMarkup: true);
    }

    private static string? Entity(char character) => character switch
    {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        '\'' => "&#39;",
        '"' => "&#34;",
        _ => null,
    };
}
