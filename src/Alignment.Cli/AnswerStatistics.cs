using System.Globalization;
using Alignment.Core.Generation;

namespace Alignment.Cli;

/// <summary>Figures of one answer.</summary>
/// <param name="PromptTokens">Of the whole conversation before it.</param>
/// <param name="PromptTokensRun">Of these, those that were not known from the turn before.</param>
/// <param name="AnswerTokens">Drawn, the stop token included.</param>
/// <param name="Time">From the question to the end.</param>
/// <param name="Finish">Why it ended; null when it was stopped.</param>
/// <param name="Context">Most tokens of the conversation.</param>
internal sealed record AnswerStatistics(int PromptTokens, int PromptTokensRun, int AnswerTokens, TimeSpan Time, FinishReason? Finish, int Context)
{
    /// <summary>One line for people.</summary>
    public override string ToString()
    {
        var ending = Finish switch
        {
            null => ", stopped",
            FinishReason.Length => ", cut off at its greatest length",
            _ => "",
        };
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{AnswerTokens} tokens in {Time.TotalSeconds:0.00} s ({AnswerTokens / Math.Max(Time.TotalSeconds, 1e-9):0.0} tokens/s){ending}; {PromptTokens + AnswerTokens} of {Context} tokens of context, {PromptTokensRun} of the prompt's run anew");
    }
}
