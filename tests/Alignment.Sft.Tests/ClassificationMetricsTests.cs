using Alignment.Core.Models;

namespace Alignment.Sft.Tests;

public class ClassificationMetricsTests
{
    [Fact]
    public void Of_TwoClasses_AreThoseOfThePositiveOneAndTheMeans()
    {
        // found 1 1 1 0 0 0, wanted 1 0 1 1 0 0: right 2 of found 3 and of wanted 3; of class 0 the same.
        // One more 0 that is found 0: class 0 has 3 right of found 4 and wanted 4.
        var metrics = Of(LabelSet.Numbered(2), [(1, 1), (1, 0), (1, 1), (0, 1), (0, 0), (0, 0), (0, 0)]);

        metrics["accuracy"].ShouldBe(5 / 7.0, 1e-12);
        metrics["precision"].ShouldBe(2 / 3.0, 1e-12);
        metrics["recall"].ShouldBe(2 / 3.0, 1e-12);
        metrics["f1"].ShouldBe(2 / 3.0, 1e-12);
        metrics["macro_f1"].ShouldBe((2 / 3.0 + 0.75) / 2, 1e-12);
    }

    [Fact]
    public void Of_ThreeClasses_AreTheMeansAndAnEmptyClassIsZero()
    {
        // class 0: right 1, found 2, wanted 1; class 1: right 1, found 1, wanted 2; class 2: never found or wanted.
        var metrics = Of(LabelSet.Numbered(3), [(0, 0), (0, 1), (1, 1)]);

        metrics["precision"].ShouldBe((0.5 + 1 + 0) / 3, 1e-12);
        metrics["recall"].ShouldBe((1 + 0.5 + 0) / 3, 1e-12);
        metrics["f1"].ShouldBe((2 / 3.0 + 2 / 3.0) / 3, 1e-12);
        metrics.ShouldNotContainKey("macro_f1");
    }

    [Fact]
    public void Of_SeveralLabelsAtOnce_CountsRowsThatAreAllRight()
    {
        var labels = LabelSet.Numbered(2, ProblemType.MultiLabel);

        var metrics = ClassificationMetrics.Of(labels, [([1f, -1f], [1, 0]), ([1f, 1f], [1, 0]), ([-1f, -1f], [0, 0])]).ToDictionary();

        metrics["accuracy"].ShouldBe(2 / 3.0, 1e-12);
        metrics["precision"].ShouldBe(0.5, 1e-12); // class 0: 2 of 2; class 1: 0 of 1
    }

    [Fact]
    public void Of_Regression_IsTheMeanError() =>
        ClassificationMetrics.Of(LabelSet.Numbered(1), [([0.5f], [1]), ([2f], [1])]).Single().ShouldBe(new("mean_absolute_error", 0.75));

    private static Dictionary<string, double> Of(LabelSet labels, (int Found, int Wanted)[] rows) => ClassificationMetrics.Of(labels,
        [.. rows.Select(row => (Enumerable.Range(0, labels.Count).Select(i => i == row.Found ? 1f : 0f).ToArray(), new double[] { row.Wanted }))]).ToDictionary();
}
