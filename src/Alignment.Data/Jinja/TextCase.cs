using System.Text;

namespace Alignment.Data.Jinja;

/// <summary>Upper and lower case, as methods and filters.</summary>
internal static class TextCase
{
    /// <summary>The text in a case that is named like its method.</summary>
    public static Text Apply(Text text, string name, CallArguments arguments)
    {
        arguments.Bind($"{name}()", 0);
        return Apply(text, name);
    }

    /// <summary>The text in a case that is named like its method.</summary>
    public static Text Apply(Text text, string name) => text.Mapped(name switch
    {
        "upper" => PythonChars.Upper(text.Value),
        "lower" => PythonChars.Lower(text.Value),
        "casefold" => PythonChars.Lower(text.Value).Replace("ß", "ss", StringComparison.Ordinal),
        "capitalize" => First(text.Value),
        "swapcase" => Each(text.Value, (rune, _) => !Rune.IsUpper(rune)),
        _ => Each(text.Value, (_, previous) => previous is not { } before || !PythonChars.IsCased(before)),
    });

    /// <summary>The filter <c>title</c>: words end at white space, hyphens and brackets only.</summary>
    public static Text Title(Text text)
    {
        var result = new StringBuilder(text.Value.Length);
        var begins = true;
        foreach (var rune in text.Value.EnumerateRunes())
        {
            var one = rune.ToString();
            result.Append(begins ? PythonChars.Upper(one) : PythonChars.Lower(one));
            begins = Rune.IsWhiteSpace(rune) || one is "-" or "(" or "{" or "[" or "<";
        }

        return text.Mapped(result.ToString());
    }

    private static string First(string value) => value.Length == 0 ? value
        : PythonChars.Upper(value[..Text.Units(value, 0)]) + PythonChars.Lower(value[Text.Units(value, 0)..]);

    private static string Each(string value, Func<Rune, Rune?, bool> isUpper)
    {
        var result = new StringBuilder(value.Length);
        Rune? previous = null;
        foreach (var rune in value.EnumerateRunes())
        {
            result.Append(isUpper(rune, previous) ? PythonChars.Upper(rune.ToString()) : PythonChars.Lower(rune.ToString()));
            previous = rune;
        }

        return result.ToString();
    }
}
