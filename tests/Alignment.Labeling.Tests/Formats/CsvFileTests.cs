using Alignment.Data;
using Alignment.Labeling.Formats;

namespace Alignment.Labeling.Tests.Formats;

public sealed class CsvFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("=HYPERLINK(\"http://x\",\"y\")")]
    [InlineData("+1")]
    [InlineData("-1")]
    [InlineData("@SUM(A1)")]
    [InlineData("\t=1")]
    [InlineData("\r=1")]
    [InlineData("'already quoted")]
    [InlineData("''twice")]
    [InlineData("'")]
    [InlineData("a, b; \"c\"\nd\r\ne")]
    [InlineData(" blanks around ")]
    [InlineData("plain")]
    [InlineData("")]
    [InlineData("日本語 😀")]
    public void Cells_ComeBackAsTheyWere_AndNoneIsAFormula(string text)
    {
        var line = CsvFile.Line(["id", text, "end"]);
        var cell = line["id,".Length..].TrimStart('"');
        "=+-@\t\r".ShouldNotContain(cell[0].ToString());
        CsvFile.Read(_folder.Write("a.csv", line)).Single().Cells.ShouldBe(["id", text, "end"]);
    }

    [Fact]
    public void Read_TakesWhatSpreadsheetsWrite()
    {
        // A byte order mark, semicolons, a quoted line end, no end after the last line.
        var rows = CsvFile.Read(_folder.Write("a.csv", "\uFEFFa;b\r\n1;\"x\ny\"\r\n2;z")).ToList();
        rows.Select(row => row.Line).ShouldBe([1, 2, 4]);
        rows.Select(row => string.Join('|', row.Cells)).ShouldBe(["a|b", "1|x\ny", "2|z"]);
    }

    [Fact]
    public void Read_SaysWhereAQuoteIsMissing()
    {
        var path = _folder.Write("a.csv", "a,b\n1,\"x\n2,y\n");
        Should.Throw<DataFormatException>(() => CsvFile.Read(path).ToList()).Message.ShouldStartWith($"{path}:2: the file ends inside quotes");
    }

    [Fact]
    public void Read_RefusesOtherEncodings()
    {
        var path = _folder.File("a.csv");
        File.WriteAllBytes(path, [(byte)'a', 0xE4]);
        Should.Throw<DataFormatException>(() => CsvFile.Read(path).ToList()).Message.ShouldContain("not UTF-8");
    }
}
