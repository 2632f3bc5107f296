using Alignment.Core.Models;

namespace Alignment.Sft;

/// <summary>
/// Accuracy, precision, recall and F1 of predictions, by scikit-learn's definitions; a part whose denominator is 0 is 0. Of two classes the
/// second is the positive one; of more classes, and of several labels at once, precision, recall and F1 are the means over the classes (macro).
/// </summary>
internal static class ClassificationMetrics
{
    /// <summary>The metrics, without <c>eval_</c>.</summary>
    /// <param name="labels">What is told apart.</param>
    /// <param name="rows">Logits and label of each row: the class, or a number for each.</param>
    public static IEnumerable<KeyValuePair<string, double>> Of(LabelSet labels, IReadOnlyList<(float[] Logits, double[] Label)> rows)
    {
        if (labels.Problem == ProblemType.Regression)
        {
            yield return new("mean_absolute_error", rows.Average(row => row.Logits.Zip(row.Label, (found, wanted) => Math.Abs(found - wanted)).Average()));
            yield break;
        }

        var sets = rows.Select(row => (Found: Found(labels, row.Logits), Wanted: Wanted(labels, row.Label))).ToList();
        yield return new("accuracy", sets.Average(row => row.Found.SetEquals(row.Wanted) ? 1.0 : 0));
        var classes = Enumerable.Range(0, labels.Count).Select(one => Scores(
            sets.Count(row => row.Found.Contains(one) && row.Wanted.Contains(one)),
            sets.Count(row => row.Found.Contains(one)),
            sets.Count(row => row.Wanted.Contains(one)))).ToList();
        var isBinary = labels is { Count: 2, IsIndex: true };
        var shown = isBinary ? classes[1] : Mean(classes);
        yield return new("precision", shown.Precision);
        yield return new("recall", shown.Recall);
        yield return new("f1", shown.F1);
        if (isBinary)
        {
            var macro = Mean(classes);
            yield return new("macro_precision", macro.Precision);
            yield return new("macro_recall", macro.Recall);
            yield return new("macro_f1", macro.F1);
        }
    }

    private static HashSet<int> Found(LabelSet labels, float[] logits) => labels.IsIndex
        ? [Array.IndexOf(logits, logits.Max())]
        : [.. Enumerable.Range(0, logits.Length).Where(i => logits[i] > 0)]; // σ(z) above a half

    private static HashSet<int> Wanted(LabelSet labels, double[] label) => labels.IsIndex
        ? [(int)label[0]]
        : [.. Enumerable.Range(0, label.Length).Where(i => label[i] > 0.5)];

    private static (double Precision, double Recall, double F1) Scores(int right, int found, int wanted) =>
        (Share(right, found), Share(right, wanted), Share(2.0 * right, found + wanted));

    private static double Share(double part, double whole) => whole == 0 ? 0 : part / whole;

    private static (double Precision, double Recall, double F1) Mean(List<(double Precision, double Recall, double F1)> classes) =>
        (classes.Average(one => one.Precision), classes.Average(one => one.Recall), classes.Average(one => one.F1));
}
