using System.Diagnostics;
using System.Text;
using Alignment.Data.Conversion;
using Alignment.Data.Formats;
using Alignment.Data.Rows;

namespace Alignment.Data.Tests.Formats;

/// <summary>Damaged and hostile files, as training and as conversion and audit read them: an error with file and line, soon and in little memory.</summary>
public sealed class MalformedInputTests : IDisposable
{
    private const string Good = "{\"prompt\": \"a\", \"completion\": \"b\"}\n";
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string> Files => new()
    {
        { "bad UTF-8", "invalid UTF-8" },
        { "NUL", "malformed JSON" },
        { "deep nesting", "malformed JSON" },
        { "long line", "the row has more than 32 MB" },
        { "duplicate keys", "malformed JSON (Duplicate property" },
        { "NaN", "JSON has no NaN" },
        { "cut off", "malformed JSON" },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Files))]
    public void Read_SecondLineIsBad_NamesIt(string kind, string what)
    {
        var path = Write(kind);
        foreach (var read in (Func<IEnumerable<DataRow>>[])
            [() => new RowReader(RowTypes.Any).Read(path), () => new RowSource(null, new([]), OnError.Error, new ConversionReport()).Read(path)])
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var watch = Stopwatch.StartNew();
            var message = Should.Throw<DataFormatException>(() => read().Count()).Message;

            message.ShouldStartWith(path + ":2: ");
            message.ShouldContain(what);
            watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10)); // a busy machine; alone it is far below one
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(200 << 20);
        }
    }

    [Fact]
    public void Read_ByteOrderMarkAndCarriageReturns_AreNoPartOfTheRows()
    {
        var path = _folder.Write("bom.jsonl", "\uFEFF" + Good.Replace("\n", "\r\n", StringComparison.Ordinal) + Good);

        new RowSource(null, new([]), OnError.Error, new ConversionReport()).Read(path).Cast<PromptCompletionRow>().Select(row => (row.Prompt.ToString(), row.Completion.ToString()))
            .ShouldBe([("a", "b"), ("a", "b")]);
    }

    private string Write(string kind)
    {
        byte[] second = kind switch
        {
            "bad UTF-8" => [.. "{\"prompt\": \""u8, 0xC3, 0x28, .. "\", \"completion\": \"b\"}"u8],
            "NUL" => [.. "{\"prompt\": \"a"u8, 0, .. "\", \"completion\": \"b\"}"u8],
            "deep nesting" => Encoding.ASCII.GetBytes($"{{\"prompt\": {new string('[', 100_000)}"),
            "long line" => Encoding.ASCII.GetBytes($"{{\"prompt\": \"{new string('a', 50 << 20)}\", \"completion\": \"b\"}}"),
            "duplicate keys" => [.. "{\"prompt\": \"a\", \"prompt\": \"b\", \"completion\": \"b\"}"u8],
            "NaN" => [.. "{\"prompt\": \"a\", \"completion\": \"b\", \"margin\": NaN}"u8],
            _ => [.. "{\"prompt\": \"a\", \"compl"u8],
        };
        var path = Path.Combine(_folder.Path, "rows.jsonl");
        File.WriteAllBytes(path, [.. Encoding.ASCII.GetBytes(Good), .. second, (byte)'\n']);
        return path;
    }
}
