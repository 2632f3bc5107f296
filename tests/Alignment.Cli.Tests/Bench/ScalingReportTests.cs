using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Alignment.Cli.Bench;

namespace Alignment.Cli.Tests.Bench;

public class ScalingReportTests
{
    private const string Shape = """
        { "model_type": "llama", "vocab_size": 1000, "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 128, "max_position_embeddings": 4096 }
        """;

    [Fact]
    public void Points_CoverEverySeriesWithTheTokensOfTheLongestRow()
    {
        var points = ScalingBenchCommand.Points([256, 512, 1024], 128, 1000);

        points.Where(p => p.Series == ScalingSeries.Tokens).Select(p => (p.Rows, p.Length)).ShouldBe([(4, 256), (2, 512), (1, 1024)]);
        points.Where(p => p.Series == ScalingSeries.Row).Select(p => (p.Rows, p.Length)).ShouldBe([(1, 256), (1, 512), (1, 1024)]);
        points.Where(p => p.Series == ScalingSeries.Prompt).Select(p => (p.Prompt, p.Supervised)).ShouldBe([(128, 256), (384, 256), (896, 256)]);
        points.Where(p => p.Series == ScalingSeries.Completion).Select(p => (p.Prompt, p.Supervised)).ShouldBe([(128, 256), (128, 768), (128, 1792)]);
        points.Where(p => p.Series == ScalingSeries.Vocabulary).Select(p => p.Vocabulary).ShouldBe([250, 500, 1000, 2000, 4000]);
    }

    [Fact]
    public void Report_OfLinearCosts_TellsTheirSlopes()
    {
        var text = ScalingReport.Write("tiny", BenchShape.Parse(Shape), Measured());

        // 100 µs and 0.05 µs for each token before; memory by 0.25 MB a token of one row, 0.5 a prompt token, 2 a supervised one, 3 a thousand of the vocabulary.
        text.ShouldContain("100 + 50 · T / 1000");
        text.ShouldContain("At T = 1024 the part that grows with T is 34 % of the time");
        text.ShouldContain("one row grows by 0.25 MB a token");
        text.ShouldContain("both rows share, costs 0.50 MB");
        text.ShouldContain("A supervised token costs 2.00 MB");
        text.ShouldContain("cost 3.0 MB besides");
        text.ShouldContain("a dense array 2.0."); // 2 · 256 · 1000 · 4 bytes
        text.ShouldContain("| prompt | 896 | 128 | 1000 | 256 | 748 | 548 | 300 | 8 |");
    }

    [Fact]
    public void Plot_HasFourPlotsFromZero()
    {
        var svg = XElement.Parse(ScalingPlot.Draw(BenchShape.Parse(Shape), Measured()));

        XNamespace ns = "http://www.w3.org/2000/svg";
        var plots = svg.Descendants(ns + "svg").ToList();
        plots.Count.ShouldBe(4);
        plots.Sum(plot => plot.Elements(ns + "polyline").Count()).ShouldBe(3 + 2 + 3 + 2);
        svg.ToString().ShouldNotContain("NaN");
    }

    private static List<ScalingPoint> Measured() => [.. ScalingBenchCommand.Points([256, 512, 1024], 128, 1000).Select(point => point with { Result = Result(point) })];

    private static JsonObject Result(ScalingPoint point)
    {
        var tokens = (point.IsPair ? 2 : 1) * point.Rows * point.Length;
        var memory = point.Series switch
        {
            ScalingSeries.Row => 200 + (0.25 * point.Length),
            ScalingSeries.Prompt => 300 + (0.5 * point.Prompt),
            ScalingSeries.Completion => 300 + (2.0 * point.Supervised),
            ScalingSeries.Vocabulary => 300 + (0.003 * point.Vocabulary),
            _ => 200,
        };
        const long TwoHundredMegabytes = (200L << 20) / 16;
        return JsonNode.Parse(string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            { "ms_median": {{tokens * (100 + (0.05 * point.Length)) / 1e3}}, "tokens": {{tokens}}, "peak_rss_mb": {{memory}}, "estimated_mb": 300,
              "trained_parameters": {{TwoHundredMegabytes}}, "dtype": "fp32", "threads": 2, "reps": 3 }
            """))!.AsObject();
    }
}
