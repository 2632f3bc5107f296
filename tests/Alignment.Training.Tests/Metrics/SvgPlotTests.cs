using System.Xml.Linq;
using Alignment.Training.Metrics;

namespace Alignment.Training.Tests.Metrics;

public class SvgPlotTests
{
    [Fact]
    public void Draw_TwoSeries_IsWellFormedAndUsesTheWholeFrame()
    {
        var svg = XElement.Parse(SvgPlot.Draw("a<b", [
            new("loss", "train", [(0, 1), (10, 3)]),
            new("eval_loss", "eval", [(5, 2)])]));

        var lines = svg.Elements("polyline").ToList();
        lines[0].Attribute("points")!.Value.ShouldBe("52,196 408,10"); // the corners inside the margins
        lines[1].Attribute("points")!.Value.ShouldBe("230,103");       // the middle
    }

    [Fact]
    public void Draw_FromZero_PutsTheOriginIntoTheLowerLeftCorner()
    {
        var svg = XElement.Parse(SvgPlot.Draw("x", [new("x", "train", [(5, 2), (10, 4)])], fromZero: true));

        svg.Element("polyline")!.Attribute("points")!.Value.ShouldBe("230,103 408,10"); // half of the way, and the upper right corner
    }

    [Fact]
    public void Draw_OneConstantValue_HasNoNaN()
    {
        SvgPlot.Draw("x", [new("x", "train", [(1, 0)])]).ShouldNotContain("NaN");
        SvgPlot.Draw("x", [new("x", "train", [(1, 5), (2, 5)])]).ShouldNotContain("NaN");
        SvgPlot.Draw("x", [new("x", "train", [(1, 0.1), (2, Math.BitIncrement(0.1))])]).Length.ShouldBeLessThan(2000); // the mean of equal values may differ from them by rounding
    }

    [Theory]
    [InlineData(0.12341, "0.1234")]
    [InlineData(1234.4, "1234")]
    [InlineData(50_000, "50000")]
    [InlineData(-123_456, "-123456")]
    [InlineData(2_000_000, "2e+6")]
    public void Label_AnyNumber_IsShort(double value, string expected) => SvgPlot.Label(value).ShouldBe(expected);

    [Fact]
    public void Ticks_AnyRange_AreRoundAndInside()
    {
        SvgPlot.Ticks(0.13, 0.97).ShouldBe([0.5]);
        SvgPlot.Ticks(0, 1).ShouldBe([0, 0.5, 1]);
        SvgPlot.Ticks(0, 100).ShouldBe([0, 50, 100]);
        SvgPlot.Ticks(-3, 3).ShouldBe([-2, 0, 2]);
    }

    [Fact]
    public void Thin_ManyPoints_AreAveraged()
    {
        var thin = SvgPlot.Thin([.. Enumerable.Range(1, 800).Select(i => ((double)i, (double)(i % 2)))]);

        thin.Count.ShouldBe(400);
        thin[0].ShouldBe((2, 0.5));
    }
}
