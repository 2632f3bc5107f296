using System.IO.Compression;
using System.Text.Json.Nodes;
using Alignment.Data.Conversion;
using Alignment.Data.Formats;

namespace Alignment.Data.Tests.Conversion;

public sealed class DataSplitterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("alpaca", """{"instruction": "Name tree I", "input": "", "output": "oak J", "source": {"list": [1.50, null]}}""")]
    [InlineData("hh-rlhf", """{"chosen": "\n\nHuman: tree I\n\nAssistant: a\n\nHuman: J\n\nAssistant: b", "rejected": "\n\nHuman: tree I\n\nAssistant: a\n\nHuman: J\n\nAssistant: c"}""")]
    [InlineData("sharegpt", """{"conversations": [{"from": "human", "value": "tree I"}, {"from": "gpt", "value": "oak J"}]}""")]
    [InlineData("trl-preference", """{"prompt": [{"role": "user", "content": "tree I"}], "chosen": [{"role": "assistant", "content": "a J"}], "rejected": [{"role": "assistant", "content": "b"}]}""")]
    [InlineData("nemo", """{"context": [{"role": "user", "content": "tree I"}], "completions": [{"rank": 0, "completion": [{"role": "assistant", "content": "a J"}]}, {"rank": 1, "completion": [{"role": "assistant", "content": "b"}]}]}""")]
    [InlineData("gsm8k", """{"question": "Tree  i ?", "answer": "J\n#### 4"}""")]
    public void Split_EachFormat_RecordsAsTheyStandAndPromptsOnOneSide(string format, string row)
    {
        // 20 prompts of 3 rows.
        string[] lines = [.. Enumerable.Range(0, 60).Select(i => row.Replace(" I", $" {i % 20}").Replace(" i ", $" {i % 20} ").Replace("J", $"{i}"))];
        var report = Split(_folder.Write("in.jsonl", string.Join('\n', lines) + "\n"), "train.jsonl", "eval.jsonl", 0.1);

        report.Read.Files.Single().Format.ShouldBe(format);
        (report.TrainRecords, report.TrainGroups, report.EvalRecords, report.EvalGroups).ShouldBe((54, 18, 6, 2));
        var (train, eval) = (Rows("train.jsonl"), Rows("eval.jsonl"));
        train.Concat(eval).Order().ShouldBe(lines.Select(line => JsonNode.Parse(line)!.ToJsonString()).Order());
        string[] all = [.. lines.Select(line => JsonNode.Parse(line)!.ToJsonString())];
        train.Select(one => Array.IndexOf(all, one)).ShouldBeInOrder();
        var held = eval.Select(one => Array.IndexOf(all, one) % 20).Distinct().ToList();
        held.Count.ShouldBe(2);
        train.ShouldAllBe(one => !held.Contains(Array.IndexOf(all, one) % 20));
    }

    [Fact]
    public void Split_TableArrayAndGzip_AreWrittenByTheirNames()
    {
        var csv = "sentence,label\n" + string.Concat(Enumerable.Range(0, 30).Select(i => $"\"so, {i}\",{i % 2}\n"));
        Split(_folder.Write("in.csv", csv), "train.csv", "eval.json.gz", 0.2);

        var kept = File.ReadAllLines(At("train.csv"));
        kept[0].ShouldBe("sentence,label"); // as it was, without another column
        kept.Length.ShouldBe(25);
        csv.Split('\n').Intersect(kept).Count().ShouldBe(25);
        using var eval = new GZipStream(File.OpenRead(At("eval.json.gz")), CompressionMode.Decompress);
        JsonNode.Parse(eval)!.AsArray().Count.ShouldBe(6);
    }

    [Fact]
    public void Split_SameSeed_SameBytesWhateverTheFilesOrder()
    {
        string[] files = [Prompts("a.jsonl", 0, 40), Prompts("b.jsonl", 30, 40)];
        Split(files, "train.jsonl", "eval.jsonl", 0.25, seed: 7);
        var held = Rows("eval.jsonl").Order().ToList();

        Split([.. files.Reverse()], "t2.jsonl", "e2.jsonl", 0.25, seed: 7);
        Rows("e2.jsonl").Order().ShouldBe(held);
        Split(files, "t3.jsonl", "e3.jsonl", 0.25, seed: 8);
        Rows("e3.jsonl").Order().ToList().ShouldNotBe(held);
    }

    [Fact]
    public void Split_RecordsOfSeveralPrompts_StayWholeAndAreTold()
    {
        var path = _folder.Write("in.jsonl", string.Concat(Enumerable.Range(0, 8).Select(i => $$"""{"Definition": ["task {{i}}"], "Instances": [{"input": "a", "output": ["b"]}, {"input": "c", "output": ["d"]}]}""" + "\n")));
        var report = Split(path, "train.jsonl", "eval.jsonl", 0.25);
        (report.TrainRecords, report.EvalRecords).ShouldBe((6, 2));
        report.Read.Remarks.All.Single().What.ShouldContain("alignment data convert parts it");
    }

    [Fact]
    public void Split_NothingToHoldOutOrABadRecord_LeavesBothTargetsAsTheyWere()
    {
        File.WriteAllText(At("train.jsonl"), "old");
        var one = _folder.Write("one.jsonl", "{\"prompt\": \"a\"}\n{\"prompt\": \"A \"}\n");
        Should.Throw<DataFormatException>(() => Split(one, "train.jsonl", "eval.jsonl", 0.5)).Message.ShouldContain("all 2 rows share one prompt or group");
        var bad = _folder.Write("bad.jsonl", "{\"prompt\": \"a\"}\n{\"prompt\": \"b\"}\n{\"prompt\": \"c\"\n");
        Should.Throw<DataFormatException>(() => Split(bad, "train.jsonl", "eval.jsonl", 0.5)).Message.ShouldContain("bad.jsonl:3: malformed JSON");
        File.ReadAllText(At("train.jsonl")).ShouldBe("old");
        Directory.GetFiles(_folder.Path).Length.ShouldBe(3);

        new DataSplitter(new() { HeldOut = _ => 1, OnError = OnError.Skip }).Split([bad], At("train.jsonl"), At("eval.jsonl")).ShouldSatisfyAllConditions(
            report => (report.TrainRecords, report.EvalRecords).ShouldBe((1, 1)), report => report.Read.SkippedCount.ShouldBe(1));
    }

    private string At(string name) => Path.Combine(_folder.Path, name);

    private string Prompts(string name, int from, int count) => _folder.Write(name, string.Concat(Enumerable.Range(from, count).Select(i => $"{{\"prompt\": \"prompt {i}\"}}\n")));

    private SplitReport Split(string path, string train, string eval, double fraction) => Split([path], train, eval, fraction, seed: 1);

    private SplitReport Split(string[] paths, string train, string eval, double fraction, long seed) =>
        new DataSplitter(new() { HeldOut = all => fraction * all, Seed = seed }).Split(paths, At(train), At(eval));

    private List<string> Rows(string name) => [.. File.ReadLines(At(name)).Select(line => JsonNode.Parse(line)!.ToJsonString())];
}
