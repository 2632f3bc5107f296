using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Alignment.Data.Rewards;

/// <summary>
/// r = 1 if the response's answer is the row's number, else 0. The answer is the number after the last <c>####</c> (GSM8K, arXiv:2110.14168); where there is none, and only if asked for, the
/// last number of the response. A number may have a sign, a currency sign, commas between thousands and decimals: <c>-$1,234.50</c>.
/// </summary>
/// <param name="name">The name under which the score is reported.</param>
/// <param name="answerColumn">Column with the answer: a number, or text that is read like a response (GSM8K's whole solution); or a list, of which any is right.</param>
/// <param name="lastNumber">Whether the last number counts where there is no <c>####</c>.</param>
/// <param name="tolerance">How far the two numbers may be apart; ≥ 0.</param>
public sealed partial class NumericAnswerReward(string name, string answerColumn, bool lastNumber = false, double tolerance = 0) : ITextReward
{
    private const string Marker = "####";

    /// <inheritdoc/>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public double Score(string prompt, string response, JsonObject columns, string? rowId = null)
    {
        ArgumentNullException.ThrowIfNull(response);
        var answers = RowColumns.Strings(columns, answerColumn, rowId, Name)
            .Select(text => Find(text, orLast: true) ?? throw new DataFormatException(
                RowColumns.Row(rowId), $"column '{answerColumn}' has no number in '{(text.Length <= 60 ? text : text[..57] + "...")}'", $"the reward '{Name}' compares numbers: give one, alone or after {Marker}"))
            .ToList();
        return Find(response, lastNumber) is { } given && answers.Any(answer => Math.Abs(given - answer) <= (decimal)tolerance) ? 1 : 0;
    }

    /// <summary>The number of a text; null where there is none, or one with more than 28 digits.</summary>
    private static decimal? Find(string text, bool orLast)
    {
        var at = text.LastIndexOf(Marker, StringComparison.Ordinal);
        if (at >= 0)
        {
            var marked = Number().Match(text, at + Marker.Length);
            return marked.Success && string.IsNullOrWhiteSpace(text[(at + Marker.Length)..marked.Index]) ? Value(marked) : null;
        }

        return orLast && Number().Matches(text) is [.., var last] ? Value(last) : null;
    }

    private static decimal? Value(Match match)
    {
        var digits = match.Groups["digits"].Value.Replace(",", "", StringComparison.Ordinal);
        var isNegative = match.Groups["sign"].Value is "-" or "−";
        return decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) ? (isNegative ? -value : value) : null;
    }

    // A minus stands before or after a currency sign, and is none between two numbers or words ("3-4", "pre-2").
    [GeneratedRegex(@"(?:(?<![\w.,])(?<sign>[-−+])\s?[$€£]?|[$€£](?<sign>[-−+])?)?(?<digits>[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?|\.[0-9]+)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Number();
}
