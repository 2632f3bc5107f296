using System.Text.Json;
using Alignment.Data.Audit;
using Alignment.Data.Conversion;
using Alignment.Data.Formats;

namespace Alignment.Data.Tests.Audit;

public sealed class DataAuditTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Finish_KnownFaults_EachIsCountedOnce()
    {
        var words = string.Join(' ', Enumerable.Range(0, 200).Select(i => $"w{i}"));
        var report = Run(
        [
            Pair("p1", "a good answer", "bad"),
            Pair("p1", "a good answer", "bad"), // exact duplicate, repeated prompt
            Pair("p1", "bad", "a good answer"), // contradiction with rows 1 and 2, repeated prompt
            Pair("p2", "same", "same"), // equal sides, also refused by training
            Pair("p3", "Nearly, the SAME", "nearly the same!"),
            Pair("p4", "", "an answer"), // empty, refused
            Pair("p5", "It isâ€™t", "an answer"), // damaged
            Pair("p6", "mail a.b@example.org", "an answer"),
            Pair("p7", "key AKIAABCDEFGHIJKLMNOP", "an answer"),
            Pair(words, "yes yes", "no no"),
            Pair(words + " more", "yes yes", "no no"), // near duplicate
        ]);

        Count(report, AuditNames.ExactDuplicates).ShouldBe(1);
        Count(report, AuditNames.RepeatedPrompts).ShouldBe(2);
        Count(report, AuditNames.Contradictions).ShouldBe(3);
        Count(report, AuditNames.EqualSides).ShouldBe(1);
        Count(report, AuditNames.NearlyEqualSides).ShouldBe(1);
        Count(report, AuditNames.Empty).ShouldBe(1);
        Count(report, AuditNames.Unusable).ShouldBe(2);
        Count(report, AuditNames.Encoding).ShouldBe(1);
        Count(report, AuditNames.Personal).ShouldBe(1);
        Count(report, AuditNames.Secrets).ShouldBe(1);
        Count(report, AuditNames.NearDuplicates).ShouldBe(1);
        report.Rows.ShouldBe(11);
        report.Failed.Select(finding => finding.Name).ShouldContain(AuditNames.Secrets);
        report.Findings.Single(finding => finding.Name == AuditNames.ExactDuplicates).Examples.Single().ShouldEndWith(".jsonl:1");
    }

    [Fact]
    public void Finish_CleanRows_NothingFails() =>
        Run([.. Enumerable.Range(0, 30).Select(i => Pair($"question {i} about thing {i * 7}", i % 2 == 0 ? $"answer {i} is fine" : $"yes {i}", i % 2 == 0 ? $"no {i}" : $"answer {i} is not fine at all"))]).Failed.ShouldBeEmpty();

    [Fact]
    public void Finish_LongerIsChosen_ShareWithWilsonInterval()
    {
        var report = Run([.. Enumerable.Range(0, 10).Select(i => i < 8 ? Pair($"p{i}", "a longer answer", "short") : Pair($"p{i}", "short", "a longer answer"))]);

        var finding = report.Findings.Single(one => one.Name == AuditNames.LongerChosen);
        // Wilson's interval of 8 of 10, as in his paper's formula worked by hand: 0.4902, 0.9433
        (finding.Share.Value, Math.Round(finding.Share.Low, 4), Math.Round(finding.Share.High, 4)).ShouldBe((0.8, 0.4902, 0.9433));
        finding.Failed.ShouldBeFalse(); // the interval reaches below the limit of 0.75
    }

    [Fact]
    public void Finish_Shortcut_IsFoundAndNamed()
    {
        var random = new Random(3);
        var report = Run([.. Enumerable.Range(0, 300).Select(i => Pair($"p{i}", $"certainly {Noise(random)}", Noise(random)))]);

        report.Findings.Single(one => one.Name == AuditNames.Shortcut).Failed.ShouldBeTrue();
        report.Tables.Single(table => table.Title.StartsWith("Words", StringComparison.Ordinal)).Rows[0].Name.ShouldBe("certainly");
    }

    [Fact]
    public void Finish_NoShortcut_IsNearOneHalf()
    {
        var random = new Random(5);
        var report = Run([.. Enumerable.Range(0, 600).Select(i => Pair($"p{i}", Noise(random), Noise(random)))]);

        report.Findings.Single(one => one.Name == AuditNames.Shortcut).Share.Value.ShouldBe(0.5, 0.15); // about 120 pairs are held out: 3.3 standard deviations
    }

    [Fact]
    public void Finish_EvaluationFile_LeaksAndOverlapsAreFound()
    {
        const string Long = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen";
        var evaluation = _folder.Write("eval.jsonl", JsonSerializer.Serialize(new { prompt = "seen before?", completion = Long }) + "\n");

        var report = Run([Pair("seen before?", "a b", "c d e"), Pair("new?", "he said: " + Long.ToUpperInvariant(), "no no"), Pair("other", "one two three four", "no no")], evaluation);

        Count(report, AuditNames.SplitLeaks).ShouldBe(1);
        Count(report, AuditNames.Overlap).ShouldBe(1);
    }

    [Fact]
    public void Finish_SplitColumn_PromptsOnBothSidesAreFound()
    {
        var report = Run(
        [
            """{"prompt": "p", "chosen": "a b", "rejected": "c d", "split": "train"}""",
            """{"prompt": "p", "chosen": "e f", "rejected": "g h", "split": "test"}""",
            """{"prompt": "q", "chosen": "e f", "rejected": "g h", "split": "test"}""",
        ]);

        report.Findings.Single(one => one.Name == AuditNames.SplitLeaks).Examples.Single().ShouldEndWith(".jsonl:2: also in train");
    }

    [Fact]
    public void Finish_Votes_PlaceAndEntropy()
    {
        var report = Run(
        [
            """{"instruction": "i", "response1": "a b c", "response2": "d e", "annotator1": 1, "annotator2": 1}""",
            """{"instruction": "j", "response1": "a b c", "response2": "d e f g", "annotator1": 2, "annotator2": 1}""",
        ]);

        Count(report, AuditNames.FirstChosen).ShouldBe(1);
        Count(report, AuditNames.Ties).ShouldBe(1);
        report.Numbers.Single().ShouldBe(("mean entropy of a pair's label, bits", 0.5)); // 0 and 1 bit
    }

    [Fact]
    public void Build_Page_IsOneFileWithPicturesAndEscapedText()
    {
        var report = Run([Pair("<script>alert(1)</script> two three four", "<b>one</b> two three four", "no no"), Pair("x y", "<b>one</b> two three four", "no no")]);

        var page = AuditHtml.Build(report);

        page.ShouldContain("<svg");
        page.ShouldContain("&lt;b&gt;one&lt;/b&gt; two three four");
        page.ShouldNotContain("<script");
        page.ShouldNotContain("http");
        AuditJson.Of(report)["findings"]![AuditNames.LongerChosen]!["share"]!.GetValue<double>().ShouldBe(1);
    }

    private static string Noise(Random random) => string.Join(' ', Enumerable.Range(0, 12).Select(_ => $"w{random.Next(100)}"));

    private static string Pair(string prompt, string chosen, string rejected) => JsonSerializer.Serialize(new { prompt, chosen, rejected });

    private static long Count(AuditReport report, string name) => report.Findings.Single(finding => finding.Name == name).Share.Count;

    private AuditReport Run(IEnumerable<string> rows, string? evaluation = null)
    {
        var file = _folder.Write("rows.jsonl", string.Join('\n', rows));
        var audit = new DataAudit(new AuditOptions());
        if (evaluation is not null)
        {
            audit.AddEvaluation(new RowSource(null, new ColumnMap([]), OnError.Error, new ConversionReport()).Read(evaluation));
        }

        var read = new ConversionReport();
        audit.Add(file, new RowSource(null, new ColumnMap([]), OnError.Skip, read).Read(file));
        return audit.Finish(read);
    }
}
