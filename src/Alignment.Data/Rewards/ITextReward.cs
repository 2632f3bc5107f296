using System.Text.Json.Nodes;

namespace Alignment.Data.Rewards;

/// <summary>
/// A number for a response, computed from text alone: no model, no randomness, no state. The same function labels
/// generated preference data, rewards PPO rollouts and scores evaluation samples.
/// </summary>
public interface ITextReward
{
    /// <summary>The name under which the score is reported, e.g. <c>correct</c>.</summary>
    string Name { get; }

    /// <summary>Scores one response.</summary>
    /// <param name="prompt">The prompt as text, without template tokens.</param>
    /// <param name="response">The response as text, without special tokens.</param>
    /// <param name="columns">Every column of the prompt's row, e.g. <c>answer</c>.</param>
    /// <param name="rowId">The row's id, <c>file:line</c>, for error messages.</param>
    /// <returns>The score; the range is the implementation's.</returns>
    /// <exception cref="DataFormatException">A column that this reward needs is missing or has another type.</exception>
    double Score(string prompt, string response, JsonObject columns, string? rowId = null);
}
