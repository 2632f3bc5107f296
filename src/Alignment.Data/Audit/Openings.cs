namespace Alignment.Data.Audit;

/// <summary>How texts begin, by their first words. Of very many beginnings the rare ones are forgotten, so that counts of them may be too low, never too high.</summary>
internal sealed class Openings
{
    private const int FirstWords = 4;
    private const int Most = 100_000;
    private readonly Dictionary<string, long> _counts = [];

    /// <summary>Counts a text.</summary>
    public void Add(string text)
    {
        var (at, words) = (0, 0);
        while (at < text.Length && words < FirstWords && at < 80)
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]))
            {
                at++;
            }

            while (at < text.Length && !char.IsWhiteSpace(text[at]))
            {
                at++;
            }

            words++;
        }

        if (words < FirstWords)
        {
            return;
        }

        var opening = text[..at].Trim();
        _counts[opening] = _counts.GetValueOrDefault(opening) + 1;
        if (_counts.Count > Most)
        {
            foreach (var rare in _counts.Where(pair => pair.Value == 1).Select(pair => pair.Key).ToList())
            {
                _counts.Remove(rare);
            }
        }
    }

    /// <summary>The most frequent ones that stand there twice or more.</summary>
    public IReadOnlyList<(string Text, long Count)> Top(int count) =>
        [.. _counts.Where(pair => pair.Value > 1).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Take(count).Select(pair => (pair.Key, pair.Value))];
}
