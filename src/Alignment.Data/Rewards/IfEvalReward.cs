using System.Text.Json.Nodes;
using Alignment.Data.Rewards.IfEval;

namespace Alignment.Data.Rewards;

/// <summary>
/// The checkable instructions of IFEval (Zhou et al. 2023, arXiv:2311.07911): the row's columns <c>instruction_id_list</c> and <c>kwargs</c> name the checks that the response must pass.
/// r = 1 if it passes all of them, else 0; or the share that it passes. Loose as in the paper (Section 2.2): a check is passed if the response passes it with its first line, its last line or all
/// asterisks removed. What differs from the authors' checks is listed in docs/rewards.md.
/// </summary>
/// <param name="name">The name under which the score is reported.</param>
/// <param name="loose">Whether the loose reading counts.</param>
/// <param name="partial">Whether the score is the share of passed checks.</param>
public sealed class IfEvalReward(string name, bool loose = false, bool partial = false) : ITextReward
{
    private const string Ids = "instruction_id_list";
    private const string Arguments = "kwargs";

    /// <inheritdoc/>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public double Score(string prompt, string response, JsonObject columns, string? rowId = null)
    {
        var followed = Followed(response, columns, rowId);
        var share = followed.Count(passed => passed) / (double)followed.Count;
        return partial ? share : share == 1 ? 1 : 0;
    }

    /// <summary>Which of the row's instructions a response follows.</summary>
    /// <param name="response">The response.</param>
    /// <param name="columns">Of the row.</param>
    /// <param name="rowId">For messages.</param>
    /// <exception cref="DataFormatException">Unknown instructions, or arguments that do not fit.</exception>
    public IReadOnlyList<bool> Followed(string response, JsonObject columns, string? rowId = null)
    {
        ArgumentNullException.ThrowIfNull(response);
        ArgumentNullException.ThrowIfNull(columns);
        if (RowColumns.Find(columns, Ids) is not JsonArray { Count: > 0 } ids || RowColumns.Find(columns, Arguments) is not JsonArray arguments || arguments.Count != ids.Count)
        {
            throw new DataFormatException(RowColumns.Row(rowId), $"columns '{Ids}' and '{Arguments}' are not two lists of one length", $"the reward '{Name}' needs IFEval's rows: an id and its arguments for each instruction");
        }

        IReadOnlyList<string> readings = loose ? Readings(response) : [response];
        return [.. ids.Zip(arguments, (id, values) =>
        {
            var given = new InstructionArguments(id?.ToString() ?? "", values as JsonObject ?? [], RowColumns.Row(rowId));
            return readings.Any(reading => !string.IsNullOrWhiteSpace(reading) && InstructionChecks.Follows(reading, given));
        })];
    }

    /// <summary>The response, without its first line, without its last, without both; and each without asterisks.</summary>
    private static IReadOnlyList<string> Readings(string response)
    {
        var lines = response.Split('\n');
        string Joined(int from, int to) => from < to ? string.Join('\n', lines[from..to]).Trim() : "";
        string[] cut = [response, Joined(1, lines.Length), Joined(0, lines.Length - 1), Joined(1, lines.Length - 1)];
        return [.. cut, .. cut.Select(text => text.Replace("*", "", StringComparison.Ordinal))];
    }
}
