using System.Text.Json.Nodes;

namespace Alignment.Data.Rewards;

/// <summary>r = 1 if the response contains at least one of the phrases as whole words, case ignored, else 0. A negative weight makes it a penalty.</summary>
/// <param name="name">The name under which the score is reported.</param>
/// <param name="phrases">At least one; none empty.</param>
public sealed class PhraseReward(string name, IReadOnlyList<string> phrases) : ITextReward
{
    /// <inheritdoc/>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public double Score(string prompt, string response, JsonObject columns, string? rowId = null)
    {
        ArgumentNullException.ThrowIfNull(response);
        return WordText.FindNames(response, phrases).Any() ? 1 : 0;
    }
}
