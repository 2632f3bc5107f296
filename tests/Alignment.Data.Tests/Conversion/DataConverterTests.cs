using System.Text;
using System.Text.Json.Nodes;
using Alignment.Data.Conversion;
using Alignment.Data.Formats;

namespace Alignment.Data.Tests.Conversion;

public sealed class DataConverterTests : IDisposable
{
    private const string Ranked = """
        {"context": [{"role": "user", "content": "2+2?"}], "completions": [{"rank": 0, "completion": [{"role": "assistant", "content": "4"}]}, {"rank": 1, "completion": [{"role": "assistant", "content": "5"}]}, {"rank": 2, "completion": [{"role": "assistant", "content": "fish"}]}], "task_name": "math"}

        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Convert_RankedToPairs_AllPairsInOneGroupWithTheirMeta()
    {
        var (rows, report) = Convert("a.jsonl", Ranked, "trl-preference");

        rows.Select(row => $"{row["chosen"]![0]!["content"]} > {row["rejected"]![0]!["content"]}").ShouldBe(["4 > 5", "4 > fish", "5 > fish"]);
        rows.Select(row => row["meta"]!["group"]!.ToString()).Distinct().Count().ShouldBe(1);
        rows.ShouldAllBe(row => row["meta"]!["task_name"]!.ToString() == "math");
        report.Files.Single().ShouldSatisfyAllConditions(file => file.Format.ShouldBe("nemo"), file => file.Why.ShouldBe("context and completions of rank and completion"), file => file.Records.ShouldBe(1));
        report.Written.ShouldBe(3);
    }

    [Theory]
    [InlineData("openai-preference", "lost: 'votes', no column for it in the target")]
    [InlineData("hh-rlhf", "lost: 'label', no column for it in the target")]
    [InlineData("trl-prompt", "lost: the completion")]
    [InlineData("trl-unpaired", "note: each pair became a good and a bad response")]
    public void Convert_NarrowTarget_SaysWhatIsLost(string to, string remark)
    {
        var (_, report) = Convert("a.jsonl", """{"instruction": "i", "input": "", "response1": "a", "response2": "b", "annotator1": 1, "annotator2": 1, "annotator3": 2}""", to);

        report.Remarks.All.Select(one => one.What).ShouldContain(remark);
    }

    [Theory]
    [InlineData("alpaca")]
    [InlineData("pandalm")]
    [InlineData("llmbar")]
    [InlineData("nemo")]
    [InlineData("pro")]
    [InlineData("ultrafeedback")]
    [InlineData("sharegpt")]
    [InlineData("llama-factory-v1")]
    [InlineData("trl-preference-implicit")]
    public void Convert_ThereAndBack_LosesNothing(string through)
    {
        var source = _folder.Write("a.jsonl", """
            {"prompt":[{"role":"user","content":"q"}],"chosen":[{"role":"assistant","content":"a"}],"rejected":[{"role":"assistant","content":"b ⊗"}],"meta":{"source":"x","split":"train","strength":2,"n":1.50}}

            """);
        var (there, back) = (Path("b.jsonl"), Path("c.jsonl"));

        new DataConverter(To(through)).Convert([source], there);
        new DataConverter(To("trl-preference")).Convert([there], back);

        var (before, after) = (Rows(source).Single(), Rows(back).Single());
        foreach (var column in (string[])["prompt", "chosen", "rejected"])
        {
            after[column]!.ToJsonString().ShouldBe(before[column]!.ToJsonString());
        }

        foreach (var (name, value) in before["meta"]!.AsObject())
        {
            after["meta"]![name]!.ToJsonString().ShouldBe(value!.ToJsonString());
        }
    }

    [Fact]
    public void Convert_Csv_ColumnMapGivesTheNames()
    {
        var (rows, _) = Convert("a.csv", "ask,said,note\n\"a, \"\"b\"\"\",\"line 1\nline 2\",\nc,d,n\n", "trl-prompt-completion", "prompt=ask", "completion=said");

        rows.Select(row => (row["prompt"]!.ToString(), row["completion"]!.ToString())).ShouldBe([("a, \"b\"", "line 1\nline 2"), ("c", "d")]);
        rows[1]["meta"]!["note"]!.ToString().ShouldBe("n");
    }

    [Fact]
    public void Convert_ColumnMap_ReachesInside()
    {
        var (rows, _) = Convert("a.jsonl", """{"data": {"turns": ["one", "two"]}}""", "trl-prompt", "prompt=data.turns.1");

        rows.Single()["prompt"]!.ToString().ShouldBe("two");
    }

    [Theory]
    [InlineData("out.jsonl.gz")]
    [InlineData("out.json")]
    [InlineData("out.csv")]
    [InlineData("out.tsv")]
    public void Convert_EachKindOfTarget_ReadsBack(string name)
    {
        var source = _folder.Write("a.jsonl", "{\"prompt\": \"p, \\\"1\\\"\\n\", \"completion\": \"c\\t\"}\n{\"prompt\": \"p2\", \"completion\": \"true\"}\n");

        new DataConverter(To("trl-prompt-completion")).Convert([source], Path(name));

        Rows(Path(name)).Select(row => (row["prompt"]!.ToString(), row["completion"]!.ToString())).ShouldBe([("p, \"1\"\n", "c\t"), ("p2", "true")]);
    }

    [Fact]
    public void Convert_Standard_TurnsSingleConversationsIntoTexts()
    {
        var source = _folder.Write("a.jsonl", """{"instruction": "i", "input": "x", "output": "o"}""");

        new DataConverter(To("trl-prompt-completion") with { Style = RowStyle.Standard }).Convert([source], Path("o.jsonl"));

        Rows(Path("o.jsonl")).Single().ToJsonString().ShouldStartWith("""{"prompt":"i\n\nx","completion":"o",""");
    }

    [Fact]
    public void Convert_TaskFileOverSeveralLines_ARowForEachInstance()
    {
        var (rows, report) = Convert("t.json", "{\n \"Definition\": [\"d\"],\n \"Instances\": [{\"id\": \"1\", \"input\": \"x\", \"output\": [\"y\"]},\n {\"id\": \"2\", \"input\": \"z\", \"output\": [\"w\"]}]\n}\n", "trl-messages");

        rows.Select(row => row["messages"]![0]!["content"]!.ToString()).ShouldBe(["d\n\nx", "d\n\nz"]);
        (report.Files[0].Records, report.Files[0].Rows).ShouldBe((1, 2));
    }

    [Fact]
    public void Convert_Failure_LeavesTheOldTarget()
    {
        var source = _folder.Write("a.jsonl", "{\"text\": \"a\"}\n{\"text\": oops}\n");
        var target = _folder.Write("out.jsonl", "old");

        Should.Throw<DataFormatException>(() => new DataConverter(To("trl-text")).Convert([source], target)).Message.ShouldStartWith(source + ":2: malformed JSON");

        File.ReadAllText(target).ShouldBe("old");
        Directory.GetFiles(_folder.Path).Length.ShouldBe(2);
    }

    [Fact]
    public void Convert_Skip_CountsAndListsBadRecords()
    {
        var source = _folder.Write("a.jsonl", "{\"text\": \"a\"}\n{\"text\": oops}\n{\"text\": 3}\n");

        var report = new DataConverter(To("trl-text") with { OnError = OnError.Skip }).Convert([source], Path("o.jsonl"));

        (report.Written, report.SkippedCount).ShouldBe((1, 2));
        report.Skipped.Select(one => one.Id).ShouldBe([$"{source}:2", $"{source}:3"]);
    }

    [Theory]
    [InlineData("{\"text\": \"\0\"}", ":1: malformed JSON")]
    [InlineData("{\"text\": NaN}", ":1: malformed JSON")]
    [InlineData("{\"text\": \"a\", \"text\": \"b\"}", ":1: malformed JSON (Duplicate property 'text'")]
    [InlineData("{\"body\": \"a\"}", ": the format of the rows is not known (columns: body); name it with --from")]
    [InlineData("\uFEFF{\"text\": \"a\"}\r\n{\"text\": 1e999}\r\n", ":2: column 'text' is a number; it must be text or a list of messages")]
    public void Convert_Malformed_NamesThePlace(string content, string message)
    {
        var source = _folder.Write("a.jsonl", content);

        Should.Throw<DataFormatException>(() => new DataConverter(To("trl-text")).Convert([source], Path("o.jsonl"))).Message.ShouldStartWith(source + message);
    }

    [Fact]
    public void Convert_NanAsNull_OutsideOfTextsOnly()
    {
        var source = _folder.Write("a.jsonl", """{"text": "NaN \" NaN", "x": [NaN, -Infinity, 1]}""");

        Should.Throw<DataFormatException>(() => new DataConverter(To("trl-text")).Convert([source], Path("o.jsonl"))).Message.ShouldEndWith("--nan-as-null does");
        new DataConverter(To("trl-text") with { NanAsNull = true }).Convert([source], Path("o.jsonl"));

        Rows(Path("o.jsonl")).Single().ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }).ShouldBe("""{"text":"NaN \" NaN","meta":{"x":[null,null,1]}}""");
    }

    [Fact]
    public void Convert_DeepOrEndlessRow_IsRefusedWithItsPlace()
    {
        var deep = _folder.Write("deep.jsonl", "{\"text\": " + new string('[', 100_000) + "}\n");
        var endless = Path("long.jsonl");
        using (var stream = File.Create(endless))
        {
            stream.Write("{\"text\": \"a\"}\n{\"text\": \""u8);
            var block = new byte[1 << 20];
            block.AsSpan().Fill((byte)'a');
            for (var i = 0; i < 50; i++)
            {
                stream.Write(block);
            }
        }

        Should.Throw<DataFormatException>(() => new DataConverter(To("trl-text")).Convert([deep], Path("o.jsonl"))).Message.ShouldStartWith(deep + ":1: malformed JSON");
        Should.Throw<DataFormatException>(() => new DataConverter(To("trl-text")).Convert([endless], Path("o.jsonl"))).Message.ShouldBe(
            $"{endless}:2: the row has more than 32 MB; the file is damaged or no data file: cut the row, or take the file off the list");
    }

    private (IReadOnlyList<JsonObject> Rows, ConversionReport Report) Convert(string name, string content, string to, params string[] map)
    {
        var source = _folder.Write(name, Encoding.UTF8.GetBytes(content));
        var report = new DataConverter(To(to) with { Columns = new ColumnMap(map) }).Convert([source], Path("out.jsonl"));
        return (Rows(Path("out.jsonl")), report);
    }

    private static ConversionOptions To(string name) => new() { To = DataFormats.Named(name)! };

    private static List<JsonObject> Rows(string path) => [.. JsonRows.Read(path).Select(row => row.Columns)];

    private string Path(string name) => System.IO.Path.Combine(_folder.Path, name);
}
