using System.Text;

namespace Alignment.Data.Instructions;

/// <summary>A text with places for values: <c>{column}</c>, <c>{column.inner.0}</c>; <c>{{</c> and <c>}}</c> are braces.</summary>
internal sealed class PromptTemplate
{
    private readonly List<(string Text, bool IsPlace)> _parts = [];

    /// <summary>Reads a template.</summary>
    /// <exception cref="FormatException">A brace has no partner.</exception>
    public PromptTemplate(string text)
    {
        var literal = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '{' or '}' && i + 1 < text.Length && text[i + 1] == text[i])
            {
                literal.Append(text[i++]);
            }
            else if (text[i] == '}')
            {
                throw new FormatException("has a '}' without a '{' before it; write '}}' for a brace");
            }
            else if (text[i] == '{')
            {
                var end = text.IndexOfAny(['}', '{'], i + 1);
                var name = end < 0 || text[end] == '{' ? throw new FormatException("has a '{' without a '}' behind it; write '{{' for a brace") : text[(i + 1)..end];
                if (string.IsNullOrWhiteSpace(name) || name != name.Trim())
                {
                    throw new FormatException($"has '{{{name}}}'; a column's name must stand between the braces, without spaces around it");
                }

                _parts.Add((literal.ToString(), false));
                literal.Clear();
                _parts.Add((name, true));
                i = end;
            }
            else
            {
                literal.Append(text[i]);
            }
        }

        _parts.Add((literal.ToString(), false));
    }

    /// <summary>The names of the places.</summary>
    public IEnumerable<string> Places => _parts.Where(part => part.IsPlace).Select(part => part.Text);

    /// <summary>The text with its places filled; null where a value is missing, whose name is given back.</summary>
    public string? Render(Func<string, string?> value, out string? missing)
    {
        var text = new StringBuilder();
        foreach (var (part, isPlace) in _parts)
        {
            var next = isPlace ? value(part) : part;
            if (next is null)
            {
                missing = part;
                return null;
            }

            text.Append(next);
        }

        missing = null;
        return text.ToString();
    }
}
