using System.Globalization;
using System.Text.Json.Nodes;

namespace Alignment.Data.Rewards;

/// <summary>With length n, bounds a ≤ b and decay d: r = 1 if a ≤ n ≤ b, else max(0, 1 − distance/d), and 0 at once if d = 0. Range [0, 1].</summary>
/// <param name="name">The name under which the score is reported.</param>
/// <param name="unit">What is counted.</param>
/// <param name="min">a; null for none.</param>
/// <param name="max">b; null for none. Equal to <paramref name="min"/> for a target.</param>
/// <param name="decay">d, in the same unit; ≥ 0.</param>
/// <param name="tokens">Counts the tokens of a text; needed for <see cref="LengthUnit.Tokens"/>.</param>
public sealed class LengthReward(string name, LengthUnit unit, int? min, int? max, int decay = 0, Func<string, int>? tokens = null) : ITextReward
{
    private readonly Func<string, int> _count = unit switch
    {
        LengthUnit.Words => WordText.Count,
        LengthUnit.Characters => text => new StringInfo(text).LengthInTextElements,
        _ => tokens ?? throw new ArgumentException($"the reward '{name}' counts tokens, and nobody says how", nameof(tokens)),
    };

    /// <inheritdoc/>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public double Score(string prompt, string response, JsonObject columns, string? rowId = null)
    {
        ArgumentNullException.ThrowIfNull(response);
        var length = _count(response);
        return WordText.Falling(Math.Max((min ?? 0) - length, length - (max ?? int.MaxValue)), decay);
    }
}
