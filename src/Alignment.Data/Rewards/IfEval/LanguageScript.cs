using System.Text;

namespace Alignment.Data.Rewards.IfEval;

/// <summary>
/// Whether a text may be of a language by the script of its letters: at least half of them must be of it. Languages of one script are not told apart (German passes for English), since that
/// takes a trained language identifier. Of a language that is not listed any text passes.
/// </summary>
internal static class LanguageScript
{
    private static readonly (string Languages, (int First, int Last)[] Ranges)[] Scripts =
    [
        ("en de fr es it pt nl sv no da fi is et lv lt pl cs sk sl hr ro hu tr az sw so af ca cy ga sq tl id ms vi", [(0x41, 0x5A), (0x61, 0x7A), (0xC0, 0x24F), (0x1E00, 0x1EFF)]),
        ("ru uk bg mk sr be kk", [(0x400, 0x52F)]),
        ("ar fa ur ps", [(0x600, 0x6FF), (0x750, 0x77F), (0xFB50, 0xFDFF), (0xFE70, 0xFEFF)]),
        ("hi mr ne", [(0x900, 0x97F)]),
        ("bn", [(0x980, 0x9FF)]),
        ("pa", [(0xA00, 0xA7F)]),
        ("gu", [(0xA80, 0xAFF)]),
        ("ta", [(0xB80, 0xBFF)]),
        ("te", [(0xC00, 0xC7F)]),
        ("kn", [(0xC80, 0xCFF)]),
        ("ml", [(0xD00, 0xD7F)]),
        ("th", [(0xE00, 0xE7F)]),
        ("ko", [(0x1100, 0x11FF), (0x3130, 0x318F), (0xAC00, 0xD7AF)]),
        ("ja", [(0x3040, 0x30FF), (0x4E00, 0x9FFF)]),
        ("zh zh-cn zh-tw", [(0x4E00, 0x9FFF), (0x3400, 0x4DBF)]),
        ("el", [(0x370, 0x3FF), (0x1F00, 0x1FFF)]),
        ("he", [(0x590, 0x5FF)]),
    ];

    /// <summary>Whether the text may be of the language; a text without letters may.</summary>
    /// <param name="text">The text.</param>
    /// <param name="language">ISO 639-1.</param>
    public static bool Fits(string text, string language)
    {
        var script = Array.Find(Scripts, candidate => candidate.Languages.Split(' ').Contains(language, StringComparer.OrdinalIgnoreCase));
        var (letters, fitting, kana) = (0, 0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsLetter(rune))
            {
                letters++;
                fitting += script.Ranges?.Any(range => rune.Value >= range.First && rune.Value <= range.Last) == true ? 1 : 0;
                kana += rune.Value is >= 0x3040 and <= 0x30FF ? 1 : 0;
            }
        }

        // Chinese has no kana, and Japanese is not written without.
        var isKanaRight = !language.StartsWith("ja", StringComparison.OrdinalIgnoreCase) || kana > 0;
        return script.Ranges is null || letters == 0 || (2 * fitting >= letters && isKanaRight && !(language.StartsWith("zh", StringComparison.OrdinalIgnoreCase) && kana * 10 > letters));
    }
}
