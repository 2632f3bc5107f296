using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Alignment.Data.Rewards;

/// <summary>r = 1 if the pattern matches somewhere in the response, else 0. Culture-invariant; a match may take at most one second.</summary>
public sealed class RegexReward : ITextReward
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);
    private readonly Regex _regex;

    /// <summary>Compiles the pattern.</summary>
    /// <param name="name">The name under which the score is reported.</param>
    /// <param name="pattern">A .NET regular expression.</param>
    /// <exception cref="ArgumentException">The pattern does not parse.</exception>
    public RegexReward(string name, string pattern)
    {
        Name = name;
        _regex = new Regex(pattern, RegexOptions.CultureInvariant, Timeout);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public double Score(string prompt, string response, JsonObject columns, string? rowId = null)
    {
        ArgumentNullException.ThrowIfNull(response);
        try
        {
            return _regex.IsMatch(response) ? 1 : 0;
        }
        catch (RegexMatchTimeoutException)
        {
            throw new DataFormatException(
                RowColumns.Row(rowId),
                $"the pattern '{_regex}' of the reward '{Name}' took over {Timeout.TotalSeconds} s on a response of {response.Length} characters",
                "write it without nested repetition");
        }
    }

    /// <summary>What is wrong with a pattern, or null.</summary>
    internal static string? PatternProblem(string? pattern)
    {
        if (string.IsNullOrEmpty(pattern))
        {
            return "is missing; give a regular expression";
        }

        try
        {
            _ = new Regex(pattern, RegexOptions.CultureInvariant, Timeout);
            return null;
        }
        catch (ArgumentException problem)
        {
            return $"does not parse: {problem.Message}";
        }
    }
}
