using System.Text.Json.Nodes;

namespace Alignment.Data.Rewards;

/// <summary>
/// With n words, limit L and decay d: r = 1 if n ≤ L, else max(0, 1 − (n − L)/d), and 0 at once if d = 0. Range [0, 1]. A word is a run
/// without white space that has a letter or a digit. An empty response scores 1: pair with <see cref="MinWordsReward"/> or an answer.
/// </summary>
/// <param name="name">The name under which the score is reported.</param>
/// <param name="limit">L, words; ≥ 0.</param>
/// <param name="decay">d, words; ≥ 0.</param>
public sealed class MaxWordsReward(string name, int limit, int decay = 0) : ITextReward
{
    /// <inheritdoc/>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public double Score(string prompt, string response, JsonObject columns, string? rowId = null)
    {
        ArgumentNullException.ThrowIfNull(response);
        return WordText.Falling(WordText.Count(response) - limit, decay);
    }
}
