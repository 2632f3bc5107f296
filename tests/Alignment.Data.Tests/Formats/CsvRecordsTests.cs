using Alignment.Data.Formats;

namespace Alignment.Data.Tests.Formats;

public sealed class CsvRecordsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.csv", "\uFEFFa,b\r\n\"x\r\ny\",\r\n\r\n1,true\r\n", "{\"a\":\"x\\r\\ny\",\"b\":null} {\"a\":\"1\",\"b\":true}")]
    [InlineData("a.csv", "a;b\n1,5;x", "{\"a\":\"1,5\",\"b\":\"x\"}")]
    [InlineData("a.tsv", "a\tscore\nx,y\t1.5\n", "{\"a\":\"x,y\",\"score\":1.5}")]
    [InlineData("a.csv", "messages\n\"[{\"\"role\"\":\"\"user\"\"}]\"\n[not json]\n", "{\"messages\":[{\"role\":\"user\"}]} {\"messages\":\"[not json]\"}")]
    public void Read_Table_RowsOfItsColumns(string name, string content, string rows) =>
        string.Join(' ', JsonRows.Read(_folder.Write(name, content)).Select(row => row.Columns.ToJsonString())).ShouldBe(rows);

    [Theory]
    [InlineData("a,b\n1,2\n3\n", ":3: the row has 1 cells and the first line 2; a quote or a separator is missing, or there is one too many")]
    [InlineData("a,b\n1,\"2\n3,4\n", ":2: the file ends inside quotes; a quote is missing in this row, or the file is cut off")]
    [InlineData("a,a\n1,2\n", ":1: the column 'a' stands there twice; the first line must name the columns")]
    [InlineData("a\n\0\n", ":2: there is a NUL byte; the file is damaged or no table: write it again")]
    [InlineData("", ": the file is empty; remove it from the list or write rows into it")]
    public void Read_BadTable_NamesThePlace(string content, string message)
    {
        var file = _folder.Write("a.csv", content);

        Should.Throw<DataFormatException>(() => JsonRows.Read(file).Count()).Message.ShouldBe(file + message);
    }
}
