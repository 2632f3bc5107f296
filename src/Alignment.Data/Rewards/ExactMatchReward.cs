using System.Text.Json.Nodes;

namespace Alignment.Data.Rewards;

/// <summary>r = 1 if the response equals an accepted answer, else 0; case and white space at both ends are ignored.</summary>
/// <param name="name">The name under which the score is reported.</param>
/// <param name="answerColumn">Column with the answer, or with the list of accepted ones.</param>
public sealed class ExactMatchReward(string name, string answerColumn) : ITextReward
{
    /// <inheritdoc/>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public double Score(string prompt, string response, JsonObject columns, string? rowId = null)
    {
        ArgumentNullException.ThrowIfNull(response);
        string given = response.Trim();
        return RowColumns.Strings(columns, answerColumn, rowId, Name)
            .Any(answer => string.Equals(answer.Trim(), given, StringComparison.OrdinalIgnoreCase)) ? 1 : 0;
    }
}
