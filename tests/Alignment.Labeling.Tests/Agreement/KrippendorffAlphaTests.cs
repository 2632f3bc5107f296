using Alignment.Labeling.Agreement;

namespace Alignment.Labeling.Tests.Agreement;

// Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability": the data and the printed values of its sections A to D.
public class KrippendorffAlphaTests
{
    [Fact]
    public void SectionA_TwoObservers_Binary() =>
        KrippendorffAlpha.Nominal(Units.OfRows(2, "1211111121", "2221121111"), Units.Few)!.Value.Mean.ShouldBe(0.095, 0.0005);

    [Fact]
    public void SectionB_TwoObservers_Nominal() =>
        // Ben: a a b b d c c c e d d a; Gerry: b a b b b c c c e d d d
        KrippendorffAlpha.Nominal(Units.OfRows(5, "112243335441", "212223335444"), Units.Few)!.Value.Mean.ShouldBe(0.692, 0.0005);

    [Fact]
    public void SectionsCAndD_FourObservers_MissingValues()
    {
        var data = Units.OfRows(5, "123321412...", "1233224125.3", ".3332342251.", "12332441251.");
        var nominal = KrippendorffAlpha.Nominal(data, Units.Few)!.Value;
        nominal.Mean.ShouldBe(0.743, 0.0005);
        (nominal.Low < 0.743 && nominal.High > 0.743 && nominal.High <= 1).ShouldBeTrue();
        KrippendorffAlpha.Ordinal(data, Units.Few)!.Value.Mean.ShouldBe(0.815, 0.0005);
    }

    [Fact]
    public void UnitsWithOneRatingOrNone_ChangeNothing() =>
        KrippendorffAlpha.Nominal(Units.OfRows(2, "12111111212.", "2221121111.."), Units.Few)!.Value.Mean.ShouldBe(0.095, 0.0005);

    [Fact]
    public void WithoutVariation_IsNotDefined() => KrippendorffAlpha.Nominal(Units.OfRows(2, "111", "111"), Units.Few).ShouldBeNull();
}
