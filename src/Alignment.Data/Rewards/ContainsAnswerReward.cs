using System.Text.Json.Nodes;

namespace Alignment.Data.Rewards;

/// <summary>
/// r = 1 if the response names an accepted answer and no wrong candidate, else 0. A name counts as whole words and in any case;
/// where names overlap the longest one counts ("dark green" is not "green"). Without the second condition a response that lists every
/// candidate would be right. The text is not understood: "not Rome" names Rome.
/// </summary>
/// <param name="name">The name under which the score is reported.</param>
/// <param name="answerColumn">Column with the answer, or with the list of accepted ones.</param>
/// <param name="candidatesColumn">Column with the list of candidates, right ones included or not; null: no candidate is wrong.</param>
public sealed class ContainsAnswerReward(string name, string answerColumn, string? candidatesColumn = null) : ITextReward
{
    /// <inheritdoc/>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public double Score(string prompt, string response, JsonObject columns, string? rowId = null)
    {
        ArgumentNullException.ThrowIfNull(response);
        var answers = RowColumns.Strings(columns, answerColumn, rowId, Name);
        IReadOnlyList<string> candidates = candidatesColumn is null ? [] : RowColumns.Strings(columns, candidatesColumn, rowId, Name);
        var named = WordText.FindNames(response, [.. answers.Concat(candidates)]);
        bool right = false;
        foreach (string found in named)
        {
            if (!answers.Contains(found, StringComparer.OrdinalIgnoreCase))
            {
                return 0;
            }

            right = true;
        }

        return right ? 1 : 0;
    }
}
