using System.Text;
using Alignment.Data.Formats;
using Alignment.Data.Rows;

namespace Alignment.Data.Tests.Formats;

public sealed class RowReaderTests : IDisposable
{
    private const string TwoRows = """
        {"text": "one"}

        {"text": "two"}
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_JsonLines_RowsWithTheirLines()
    {
        var file = _folder.Write("a.jsonl", TwoRows);

        var rows = new RowReader(RowTypes.Text).Read(file).Cast<TextRow>().ToList();

        rows.Select(r => (r.Id, r.Text)).ShouldBe([($"{file}:1", "one"), ($"{file}:3", "two")]);
    }

    [Theory]
    [InlineData("\uFEFF{\"text\": \"one\"}\r\n{\"text\": \"two\"}\r\n")]
    [InlineData("[{\"text\": \"one\"}, {\"text\": \"two\"}]")]
    [InlineData("\n [\n{\"text\": \"one\"},\n\n{\"text\":\n \"two\"}\n]\n")]
    public void Read_EachLayout_SameTexts(string content)
    {
        Texts(_folder.Write("a", Encoding.UTF8.GetBytes(content))).ShouldBe(["one", "two"]);
        Texts(_folder.Write("b", TemporaryFolder.Gzip(content))).ShouldBe(["one", "two"]);
    }

    [Fact]
    public void Read_ListOfEqualRatings_MakesNoPairAndStaysAList()
    {
        var file = _folder.Write("a.jsonl", """{"instruction": "Q", "completions": [{"response": "a", "overall_score": 3}, {"response": "b", "overall_score": 3}]}""");

        Should.Throw<DataFormatException>(() => new RowReader(RowTypes.Preference).Read(file).ToList()).Message.ShouldContain("no two of its responses are ranked or rated differently, so it makes no pair");
        new RowReader(RowTypes.Ranked | RowTypes.Preference).Read(file).Single().ShouldBeOfType<RankedRow>().Responses.Count.ShouldBe(2);
    }

    [Fact]
    public void Read_ArrayItemsOnOneLine_IdsDiffer()
    {
        var file = _folder.Write("a.json", "[{\"text\": \"[\\\"],{\"}, {\"text\": \"b\"},\n{\"text\": \"c\", \"more\": [1, {}]}]");

        var rows = new RowReader(RowTypes.Text).Read(file).Cast<TextRow>().ToList();

        rows.Select(r => r.Id).ShouldBe([$"{file}:1", $"{file}:1#2", $"{file}:2"]);
        rows.Select(r => r.Text).ShouldBe(["[\"],{", "b", "c"]);
    }

    [Fact]
    public void Read_LinesLongerThanTheBuffer_AreWhole()
    {
        var texts = new[] { new string('a', 65_530), new string('é', 200_000), "c" };
        var file = _folder.Write("a.jsonl", string.Join('\n', texts.Select(t => $"{{\"text\": \"{t}\"}}")));

        Texts(file).ShouldBe(texts);
    }

    [Fact]
    public void Read_UnknownColumns_AreKept()
    {
        var file = _folder.Write("a.jsonl", """{"prompt": "p", "answer": "42", "meta": {"k": [1]}}""");

        var row = new RowReader(RowTypes.Prompt).Read(file).Single();

        row.ShouldBeOfType<PromptRow>().Prompt.ShouldBe(new PlainContent("p"));
        row.Columns["answer"]!.GetValue<string>().ShouldBe("42");
        row.Columns["meta"]!.ToJsonString().ShouldBe("""{"k":[1]}""");
    }

    [Theory]
    [InlineData("{\"text\": \"one\"}\n{\"text\": oops}", ":2: malformed JSON (at byte 10: 'o' is an invalid start of a value); correct it or set on_error: skip")]
    [InlineData("{\"text\": \"one\"}\n{\"text\": \"a\", \"text\": \"b\"}", ":2: malformed JSON (Duplicate property 'text' encountered during deserialization); correct it or set on_error: skip")]
    [InlineData("{\"text\": \"one\"}\n[1]", ":2: the row is a list; each row must be a JSON object such as {\"prompt\": \"...\", \"completion\": \"...\"}")]
    [InlineData("{\"text\": \"one\"}\n{\"text\": \"\\ud800\"}", ":2: a string holds half of a \\uD800-\\uDFFF surrogate pair; correct it or set on_error: skip")]
    [InlineData("", ": the file is empty; remove it from the list or write rows into it")]
    [InlineData(" \n\n", ": the file is empty; remove it from the list or write rows into it")]
    [InlineData("[ ]", ": the array is empty; remove the file from the list or write rows into it")]
    [InlineData("[{\"text\": \"one\"},\n{\"text\": \"two\"", ":2: the file ends inside the array; the file is cut off or a quote or bracket is missing here: write it again")]
    [InlineData("[{\"text\": \"one\"},\n]", ":2: an array item is missing before ']'; remove the extra comma")]
    [InlineData("[{\"text\": \"one\"}]\n{\"text\": \"two\"}", ":2: there is text after the end of the array; a file is one JSON array or one JSON object per line, not both")]
    public void Read_BadFile_NamesPlaceReasonAndAdvice(string content, string message)
    {
        var file = _folder.Write("a.json", content);

        Failure(file).ShouldBe(file + message);
    }

    [Fact]
    public void Read_InvalidUtf8_NamesTheByte()
    {
        var file = _folder.Write("a.jsonl", [.. "{\"text\": \"one\"}\n{\"text\": \""u8, 0xC3, 0x28, .. "\"}"u8]);

        Failure(file).ShouldBe($"{file}:2: invalid UTF-8 at byte 11 of the row; save the file as UTF-8 or set on_error: skip");
    }

    [Fact]
    public void Read_Utf16_SaysSo()
    {
        var file = _folder.Write("a.jsonl", [0xFF, 0xFE, (byte)'{', 0]);

        Failure(file).ShouldBe($"{file}: the file is UTF-16; save it as UTF-8");
    }

    [Fact]
    public void Read_GzipCutAnywhere_IsNeverTakenForAShorterFile()
    {
        // Rows that end with a line end, stored in blocks: many cuts fall between two rows.
        var packed = TemporaryFolder.Gzip(string.Concat(Enumerable.Range(0, 300).Select(i => $"{{\"text\": \"row {i} {i * 7919 % 104729}\"}}\n")));
        for (var length = 20; length < packed.Length; length += 61)
        {
            var path = _folder.Write($"cut{length}.gz", packed[..length]);
            Should.Throw<DataFormatException>(() => Texts(path).Count(), $"{length} of {packed.Length} bytes");
        }

        for (var missing = 1; missing <= 9; missing++)
        {
            var path = _folder.Write($"cut-{missing}.gz", packed[..^missing]);
            Should.Throw<DataFormatException>(() => Texts(path).Count(), $"{missing} bytes are missing").Message.ShouldContain("the gzip data is damaged");
        }

        // Several files packed one behind the other are one.
        Texts(_folder.Write("two.gz", [.. packed, .. packed])).Count().ShouldBe(600);
    }

    [Fact]
    public void Read_DamagedGzip_SaysSo()
    {
        var packed = TemporaryFolder.Gzip(string.Join('\n', Enumerable.Range(0, 5000).Select(i => $"{{\"text\": \"row {i} {i * 7919 % 104729}\"}}")));
        var file = _folder.Write("a.jsonl.gz", packed[..(packed.Length / 2)]);

        Failure(file).ShouldMatch($"^{System.Text.RegularExpressions.Regex.Escape(file)}:[0-9]+: .*; .*$");
    }

    [Fact]
    public void Read_Skip_CountsAndListsBadRows()
    {
        var file = _folder.Write("a.jsonl", "{\"text\": \"one\"}\nnonsense\n{\"text\": \" \"}\n{\"text\": \"two\"}\n");
        var reader = new RowReader(RowTypes.Text, OnError.Skip);

        reader.Read(file).Count().ShouldBe(2);

        reader.RowCount.ShouldBe(2);
        reader.SkippedCount.ShouldBe(2);
        reader.Skipped.Select(s => s.Id).ShouldBe([$"{file}:2", $"{file}:3"]);
        reader.Skipped[1].Reason.ShouldBe("column 'text' is empty");
    }

    [Fact]
    public void Read_SkipLeavesNothing_Fails()
    {
        var file = _folder.Write("a.jsonl", "{\"body\": \"one\"}\n{\"body\": \"two\"}\n");

        var error = Should.Throw<DataFormatException>(() => new RowReader(RowTypes.Text, OnError.Skip).Read(file).Count());

        error.Message.ShouldBe($"{file}: all 2 rows were skipped (the first: {file}:1: no column that is needed; the columns are: body); the file probably has another format than expected: correct it or take it off the list");
    }

    [Fact]
    public void Read_Streams_WithoutReadingAhead()
    {
        var file = _folder.Write("a.jsonl", "{\"text\": \"one\"}\nnonsense");

        new RowReader(RowTypes.Text).Read(file).First().ShouldBeOfType<TextRow>().Text.ShouldBe("one");
    }

    [Fact]
    public void Constructor_NoType_Refused() => Should.Throw<ArgumentException>(() => new RowReader(RowTypes.None));

    private static string Failure(string file) => Should.Throw<DataFormatException>(() => new RowReader(RowTypes.Text).Read(file).Count()).Message;

    private static IEnumerable<string> Texts(string file) => new RowReader(RowTypes.Text).Read(file).Select(r => ((TextRow)r).Text);
}
