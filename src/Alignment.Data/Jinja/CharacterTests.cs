using System.Text;

namespace Alignment.Data.Jinja;

/// <summary><c>str.isdigit()</c> and its kin.</summary>
internal static class CharacterTests
{
    /// <summary>The test of a method's name; null where there is none.</summary>
    public static Func<string, bool>? Find(string name) => name switch
    {
        "isalnum" => All(rune => PythonChars.IsAlpha(rune) || PythonChars.IsNumeric(rune)),
        "isalpha" => All(PythonChars.IsAlpha),
        "isascii" => text => text.All(char.IsAscii),
        "isdecimal" => All(PythonChars.IsDecimal),
        "isdigit" => All(PythonChars.IsDigit),
        "isidentifier" => text => text.Length > 0 && !char.IsDigit(text[0]) && text.All(c => c == '_' || char.IsLetterOrDigit(c)),
        "islower" => text => HasCase(text, Rune.IsUpper) && text.EnumerateRunes().Any(Rune.IsLower),
        "isnumeric" => All(PythonChars.IsNumeric),
        "isprintable" => text => text.EnumerateRunes().All(PythonChars.IsPrintable),
        "isspace" => text => text.Length > 0 && text.All(PythonChars.IsSpace),
        "istitle" => IsTitle,
        "isupper" => text => HasCase(text, Rune.IsLower) && text.EnumerateRunes().Any(Rune.IsUpper),
        _ => null,
    };

    private static Func<string, bool> All(Func<Rune, bool> fits) => text => text.Length > 0 && text.EnumerateRunes().All(fits);

    private static bool HasCase(string text, Func<Rune, bool> unwanted) => !text.EnumerateRunes().Any(unwanted);

    private static bool IsTitle(string text)
    {
        var (found, previousCased) = (false, false);
        foreach (var rune in text.EnumerateRunes())
        {
            var cased = PythonChars.IsCased(rune);
            if (cased && Rune.IsUpper(rune) == previousCased)
            {
                return false;
            }

            found |= cased;
            previousCased = cased;
        }

        return found;
    }
}
