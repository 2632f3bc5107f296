using System.Text;
using Alignment.Data.Tokenization;

namespace Alignment.Data.Tests.Tokenization;

public class UnicodeFormsTests
{
    // The first cases of UAX #15 and of NormalizationTest.txt's kind: composition, order of marks, exclusions, blocking, Hangul.
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("e\u0301", "\u00E9")]
    [InlineData("\u212B", "\u00C5")]
    [InlineData("s\u0307\u0323", "\u1E69")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307")]
    [InlineData("\u0344", "\u0308\u0301")]
    [InlineData("\u0958", "\u0915\u093C")]
    [InlineData("a\u0315\u0300\u05AE\u0300b", "\u00E0\u05AE\u0300\u0315b")]
    [InlineData("\u1100\u1161\u11A8", "\uAC01")]
    [InlineData("\uAC00\u11A8", "\uAC01")]
    [InlineData("\u0B47\u0300\u0B3E", "\u0B47\u0300\u0B3E")]
    [InlineData("\U00011099\U000110BA", "\U0001109A")]
    [InlineData("\uFB01", "\uFB01")]
    public void Normalize_KnownSequences_GivesFormC(string text, string expected) => UnicodeForms.Normalize(text, NormalizationForm.FormC).ShouldBe(expected);

    [Fact]
    public void Normalize_Twice_ChangesNothing()
    {
        foreach (var text in TestTexts.Random(seed: 6, count: 500, length: 30))
        {
            var once = UnicodeForms.Normalize(text, NormalizationForm.FormC);
            UnicodeForms.Normalize(once, NormalizationForm.FormC).ShouldBe(once);
        }
    }

    // é apart, ligature ﬁ, superscript ², Angstrom sign, full-width A, ideographic space, circled 1, the Arabic ligature ﷺ (18 letters), Hangul.
    [Theory]
    [InlineData("\u00E9\uFB01\u00B2", "e\u0301\uFB01\u00B2", "\u00E9fi2", "e\u0301fi2")]
    [InlineData("\u212B\uFF21\u3000\u2460", "A\u030A\uFF21\u3000\u2460", "\u00C5A 1", "A\u030AA 1")]
    [InlineData("\uAC01\u3131", "\u1100\u1161\u11A8\u3131", "\uAC01\u1100", "\u1100\u1161\u11A8\u1100")]
    [InlineData("\u0385", "\u00A8\u0301", " \u0308\u0301", " \u0308\u0301")]
    [InlineData("\u00A0\u2026", "\u00A0\u2026", " ...", " ...")]
    public void Normalize_OtherForms_AreThoseOfTheStandard(string text, string d, string kc, string kd)
    {
        UnicodeForms.Normalize(text, NormalizationForm.FormD).ShouldBe(d);
        UnicodeForms.Normalize(text, NormalizationForm.FormKC).ShouldBe(kc);
        UnicodeForms.Normalize(text, NormalizationForm.FormKD).ShouldBe(kd);
    }

    [Fact]
    public void Normalize_ManyMarks_SortsThemStably()
    {
        // U+0301 has class 230, U+0323 class 220.
        var text = "a" + string.Concat(Enumerable.Repeat("\u0301\u0323", 100_000));

        UnicodeForms.Normalize(text, NormalizationForm.FormD).ShouldBe("a" + new string('\u0323', 100_000) + new string('\u0301', 100_000));
    }
}
