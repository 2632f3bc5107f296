using System.Text.Json.Nodes;
using Alignment.Labeling.Agreement;
using Alignment.Labeling.Resolution;

namespace Alignment.Labeling.Tests.Resolution;

public class DawidSkeneTests
{
    // Who gave each of a patient's seven ratings: the first anaesthetist three times.
    private static readonly int[] Observers = [0, 0, 0, 1, 2, 3, 4];

    [Fact]
    public void Fit_GivesThePapersEstimates_OfTheAnaesthetists()
    {
        // Dawid and Skene 1979, table 1; the expected values are those of Fixtures/make_dawid_skene.py.
        var golden = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "dawid_skene.json")))!;
        var data = new RatedUnits(4, [.. golden["patients"]!.AsArray().Select(patient => (IReadOnlyList<Rating>)[.. patient!.GetValue<string>()
            .Select((rating, i) => new Rating($"{Observers[i]}", rating - '1'))])]);
        var fit = DawidSkene.Fit(data);

        // Printed in the paper: class shares .40 .42 .11 .07, error rates of the first observer .89 .11 / .07 .88 .05 / .34 .66 / .56 .44.
        fit.Classes.Select(share => Math.Round(share, 2)).ShouldBe([0.40, 0.42, 0.11, 0.07]);
        var first = fit.ErrorRates["0"];
        new[] { first[0, 0], first[0, 1], first[1, 0], first[1, 1], first[1, 2], first[2, 1], first[2, 2], first[3, 2], first[3, 3] }
            .Select(rate => Math.Round(rate, 2)).ShouldBe([0.89, 0.11, 0.07, 0.88, 0.05, 0.34, 0.66, 0.56, 0.44]);

        fit.LogLikelihood.ShouldBe(golden["log_likelihood"]!.GetValue<double>(), 1e-4);
        for (var i = 0; i < data.Units.Count; i++)
        {
            for (var j = 0; j < 4; j++)
            {
                fit.Truth[i][j].ShouldBe(golden["truth"]![i]![j]!.GetValue<double>(), 1e-3, $"patient {i + 1}, class {j + 1}");
            }
        }
    }

    [Fact]
    public void Fit_TrustsThreeGoodAnnotators_MoreThanFourWhoGuess()
    {
        // Three see the truth with chance 0.9, four guess.
        var random = new Random(1);
        double[] skill = [0.9, 0.9, 0.9, 0.5, 0.5, 0.5, 0.5];
        int[] truth = [.. Enumerable.Range(0, 400).Select(_ => random.Next(2))];
        var data = new RatedUnits(2, [.. truth.Select(category => (IReadOnlyList<Rating>)[.. skill
            .Select((chance, k) => new Rating($"{k}", random.NextDouble() < chance ? category : 1 - category))])]);
        var fit = DawidSkene.Fit(data);
        var right = truth.Where((category, i) => fit.Truth[i][category] > 0.5).Count();
        var majority = truth.Where((category, i) => data.Counts(data.Units[i])[category] > skill.Length / 2).Count();
        right.ShouldBeGreaterThan(majority);
        fit.ErrorRates["0"][0, 0].ShouldBe(0.9, 0.06);
        fit.ErrorRates["5"][0, 0].ShouldBe(0.5, 0.12);
    }

    [Fact]
    public void Fit_GivesUnitsWithoutRatings_TheClassesShares()
    {
        var fit = DawidSkene.Fit(Agreement.Units.OfRows(2, "1112.", "1112."));
        fit.Truth[4].ShouldBe([.. fit.Classes]);
        fit.Classes[0].ShouldBe(0.75, 1e-6);
    }
}
