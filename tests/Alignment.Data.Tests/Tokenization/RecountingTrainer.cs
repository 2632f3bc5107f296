using System.Text.RegularExpressions;

namespace Alignment.Data.Tests.Tokenization;

/// <summary>BPE training as the paper writes it: every pair counted anew before every merge.</summary>
internal static class RecountingTrainer
{
    public static List<(string, string)> Train(string text, IEnumerable<string> firstTokens, int merges)
    {
        var tokens = firstTokens.ToList();
        var letters = tokens.Where(t => t.Length == 1).ToArray();
        var words = Regex.Matches(text, @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")
            .Select(m => System.Text.Encoding.UTF8.GetBytes(m.Value).Select(b => Letter(b)).ToList()).ToList();
        var result = new List<(string, string)>();
        while (result.Count < merges)
        {
            var best = words.SelectMany(w => w.Zip(w.Skip(1))).GroupBy(p => p)
                .OrderByDescending(g => g.Count()).ThenBy(g => tokens.IndexOf(g.Key.First)).ThenBy(g => tokens.IndexOf(g.Key.Second)).First().Key;
            result.Add(best);
            if (!tokens.Contains(best.First + best.Second))
            {
                tokens.Add(best.First + best.Second);
            }

            foreach (var word in words)
            {
                for (var i = 0; i + 1 < word.Count; i++)
                {
                    if (word[i] == best.First && word[i + 1] == best.Second)
                    {
                        word[i] += word[i + 1];
                        word.RemoveAt(i + 1);
                    }
                }
            }
        }

        return result;

        // Printable Latin-1 bytes are themselves; the others have the letters from U+0100 on, in order.
        string Letter(byte value) => letters.FirstOrDefault(l => l[0] == value) ?? letters.Where(l => l[0] >= 0x100)
            .ElementAt(Enumerable.Range(0, value).Count(v => letters.All(l => l[0] != v)));
    }
}
