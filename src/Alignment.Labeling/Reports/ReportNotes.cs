namespace Alignment.Labeling.Reports;

/// <summary>Sentences on what stands out.</summary>
internal static class ReportNotes
{
    private const double LowAlpha = 0.667; // Krippendorff 2004: below it not even tentative conclusions
    private const int FewSeconds = 2;
    private const double MuchDisorder = 0.2;

    public static IEnumerable<string> Of(AgreementReport report)
    {
        if (report.Votes == 0)
        {
            yield return "There are no votes yet.";
            yield break;
        }

        if (report.AlphaNominal is not { } alpha)
        {
            yield return "No task has votes of two annotators that could agree or differ, so agreement cannot be measured; export with an overlap share.";
        }
        else if (alpha.High < LowAlpha)
        {
            yield return Say($"Agreement is low: Krippendorff's α is {alpha.Mean:0.00}, and its interval ends below {LowAlpha:0.00}. Sharpen the guidelines, or take soft labels.");
        }

        if (report.Left is { Share: { } left } && (left.Low > report.Left.Expected || left.High < report.Left.Expected))
        {
            yield return Say($"The left answer is chosen in {left.Mean:P0} of {report.Left.Choices} choices where {report.Left.Expected:P0} is expected: the place matters, or the sides were not drawn by lot.");
        }

        if (report.Longer is { Share: { } longer } && longer.Low > report.Longer.Expected)
        {
            yield return Say($"The longest answer is chosen in {longer.Mean:P0} of {report.Longer.Choices} choices ({report.Longer.Expected:P0} if length did not matter): a reward model will learn length unless it is better for it.");
        }

        foreach (var one in report.Annotators)
        {
            if (one.Orders is { Differ: { } differ } && differ.Low > MuchDisorder)
            {
                yield return Say($"{one.Annotator} says something else in {differ.Mean:P0} of {one.Orders.Pairs} pairs when the answers change places: it looks at the place, and those votes are ties.");
            }

            if (one.StraightLined)
            {
                yield return Say($"{one.Annotator} chose the same place {one.LongestRun} times in a row, which hardly happens to somebody who looks.");
            }

            if (one.Left is { Share: { } side } && report.Annotators.Count > 1 && (side.Low > one.Left.Expected || side.High < one.Left.Expected))
            {
                yield return Say($"{one.Annotator} chooses the left answer in {side.Mean:P0} of {one.Left.Choices} choices where {one.Left.Expected:P0} is expected.");
            }

            if (one.Early is { } early && one.Late is { } late && (late.High < early.Low || late.Low > early.High))
            {
                yield return Say($"{one.Annotator} drifts: agreement with the others goes from {early.Mean:P0} in the first half to {late.Mean:P0} in the second.");
            }

            if (one.MedianSeconds < FewSeconds)
            {
                yield return Say($"{one.Annotator} needs {one.MedianSeconds:0.0} seconds for half of the votes, too few to read the answers.");
            }
        }

        if (report.SplitTasks > 0)
        {
            yield return $"{report.SplitTasks} task{(report.SplitTasks == 1 ? " has" : "s have")} no majority; 'alignment label resolve --adjudication' writes them out to be settled.";
        }
    }

    private static string Say(FormattableString text) => FormattableString.Invariant(text).Replace(" %", "%", StringComparison.Ordinal);
}
