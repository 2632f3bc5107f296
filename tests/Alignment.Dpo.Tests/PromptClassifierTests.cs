namespace Alignment.Dpo.Tests;

public sealed class PromptClassifierTests
{
    [Fact]
    public void Fit_OverlappingClasses_IsTheSolutionOfTheBalancedProblem()
    {
        // torch, float64: Newton's method with solved Hessians on ½‖w‖² + Σ s·log(1 + e^(−y·f)), standardised features, s = n / (2·n_class).
        double[][] rows = [[0.2, 1.0], [0.9, 0.1], [0.4, 0.7], [1.5, 0.3], [1.1, 0.9], [0.1, 0.2], [0.8, 0.6]];
        bool[] isGood = [true, false, true, false, true, true, false];

        var classifier = PromptClassifier.Fit(rows, isGood);

        double[] expected = [0.888375504, 0.234656930, 0.740689494, 0.137482893, 0.553059945, 0.621672913, 0.525011786];
        foreach (var (row, probability) in rows.Zip(expected))
        {
            classifier.Probability(row).ShouldBe(probability, 1e-6);
        }
    }

    [Fact]
    public void Fit_ClassesThatCannotBeTold_IsAHalf()
    {
        double[][] rows = [[1, 2], [3, 1], [1, 2], [3, 1], [3, 1], [1, 2]];
        var classifier = PromptClassifier.Fit(rows, [true, true, false, false, false, false]);
        // Each kind of prompt has one good row of weight 6/4 and two bad ones of 6/8: even odds.
        classifier.Probability([1, 2]).ShouldBe(0.5, 1e-9);
        classifier.Probability([3, 1]).ShouldBe(0.5, 1e-9);
    }

    [Fact]
    public void Fit_ClassesApart_TellsThem()
    {
        double[][] rows = [.. Enumerable.Range(0, 40).Select(i => new[] { i < 20 ? i : 100 + i, 7.0, i % 3 })];
        var classifier = PromptClassifier.Fit(rows, [.. Enumerable.Range(0, 40).Select(i => i >= 20)]);
        classifier.Probability([150, 7, 1]).ShouldBeGreaterThan(0.9);
        classifier.Probability([5, 7, 1]).ShouldBeLessThan(0.1);
    }
}
