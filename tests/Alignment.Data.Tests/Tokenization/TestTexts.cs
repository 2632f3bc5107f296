using System.Text;

namespace Alignment.Data.Tests.Tokenization;

/// <summary>Seeded texts of all kinds of characters.</summary>
internal static class TestTexts
{
    private static readonly string[] Favourites = [" ", "  ", "\n", "\r\n", "\t", "'s", "'LL", "the", "\u0301", "é", "½", "٣", "汉", "한", "😀", "𝐀", "👩\u200D👧", "\u0085", "\u00A0", "\0", "<|im_end|>"];

    /// <summary>Texts of well-formed Unicode: favourites, ASCII and any code point.</summary>
    public static IEnumerable<string> Random(int seed, int count, int length)
    {
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            var text = new StringBuilder();
            for (var n = random.Next(length + 1); n > 0; n--)
            {
                switch (random.Next(4))
                {
                    case 0:
                        text.Append(Favourites[random.Next(Favourites.Length)]);
                        break;
                    case 1:
                        var point = random.Next(0x110000 - 0x800);
                        text.Append(new Rune(point < 0xD800 ? point : point + 0x800));
                        break;
                    default:
                        text.Append((char)random.Next(32, 127));
                        break;
                }
            }

            yield return text.ToString();
        }
    }
}
