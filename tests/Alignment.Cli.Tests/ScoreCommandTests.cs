using System.Text.Json.Nodes;

namespace Alignment.Cli.Tests;

/// <summary><c>alignment score</c> as users start it; the numbers are tested in <c>ModelScoringTests</c>.</summary>
public sealed class ScoreCommandTests : IDisposable
{
    private static readonly string Model = Path.Combine(AppContext.BaseDirectory, "Fixtures", "stories260K");

    private readonly string _folder = Directory.CreateTempSubdirectory("alignment-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Score_Text_WritesALineForEachRow()
    {
        Rows("""{"text": "Once upon a time"}""", """{"input_ids": [[1, 403, 407], [1, 403, 0]], "attention_mask": [[1, 1, 1], [1, 1, 0]]}""");

        var (code, output, error) = Score("--out", "scores.jsonl", "--loss", "--grad-norms", "--logits", "--greedy", "2");

        (code, output, error).ShouldBe((0, "", ""));
        var lines = File.ReadAllLines(Path.Combine(_folder, "scores.jsonl")).Select(line => JsonNode.Parse(line)!.AsObject()).ToList();
        lines.Select(line => (string?)line["id"]).ShouldBe(["rows.jsonl:1", "rows.jsonl:2"]);
        lines[0].Select(item => item.Key).ShouldBe(["id", "input_ids", "logprobs", "sum", "logits", "loss", "grad_norms", "greedy"]);
        lines[0]["logits"]![0]!.AsArray().Count.ShouldBe(512);
        lines[1]["greedy"]!.AsArray().Select(list => list!.AsArray().Count).ShouldBe([2, 2]);
        Directory.GetFiles(_folder).Length.ShouldBe(2);
    }

    [Theory]
    [InlineData(2, "rows.jsonl:2: 'input_ids' holds 512; the model takes 0 to 511", """{"input_ids": [512]}""")]
    [InlineData(2, "rows.jsonl:2: malformed JSON", """{"input_ids": [5""")]
    [InlineData(2, "rows.jsonl:2: the row holds messages, but the model folder ships no chat template", """{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}""")]
    [InlineData(2, "--greedy is -1", """{"input_ids": [5]}""", "--greedy", "-1")]
    [InlineData(3, "nowhere", """{"input_ids": [5]}""", "--model", "nowhere")]
    [InlineData(3, "No data file matches 'absent.jsonl'", """{"input_ids": [5]}""", "--in", "absent.jsonl")]
    public void Score_WhatCannotBeScored_LeavesNoFile(int expected, string message, string row, params string[] arguments)
    {
        Rows("""{"input_ids": [5, 6]}""", row);

        var (code, _, error) = Score([.. arguments, "--out", "scores.jsonl"]);

        error.ShouldContain(message);
        code.ShouldBe(expected);
        Directory.GetFiles(_folder).Length.ShouldBe(1);
    }

    [Fact]
    public void ScoreThenSelect_KeepsTheRowsThatTheModelFindsNeitherTooEasyNorTooHard()
    {
        string[] outputs = ["Once upon a time, there was a little girl named Lily. She loved to play in the park.", "The cat and the dog were happy. They said, \"Let's play!\"", "zq xv jjk wq zzx qv kx", "Tom saw a big red ball. He wanted to play with it."];
        File.WriteAllLines(Path.Combine(_folder, "rows.jsonl"), outputs.Select(text => new JsonObject { ["prompt"] = "Tell me.", ["completion"] = text, ["by"] = "us" }.ToJsonString()));
        var (code, _, error) = Score("--loss", "--out", "loss.jsonl", "--template", "plain");
        (code, error).ShouldBe((0, ""));
        double[] losses = [.. File.ReadAllLines(Path.Combine(_folder, "loss.jsonl")).Select(line => JsonNode.Parse(line)!["loss"]!.GetValue<double>())];
        losses[2].ShouldBe(losses.Max());
        double[] sorted = [.. losses.Order()];

        // The easiest and the hardest are left out.
        var range = FormattableString.Invariant($"loss={(sorted[0] + sorted[1]) / 2}..{(sorted[2] + sorted[3]) / 2}");
        (code, var output, error) = Cli.RunIn(_folder, "data", "select", "rows.jsonl", "kept.jsonl", "--scores", "loss.jsonl", "--range", range);
        (code, error).ShouldBe((0, ""));
        output.ShouldBe("  'loss' is not in its range: 2 (first: rows.jsonl:1)\n2 of 4 rows kept, 2 written as trl-prompt-completion -> kept.jsonl\n".Replace("rows.jsonl:1", $"rows.jsonl:{1 + Array.FindIndex(losses, loss => loss == sorted[0] || loss == sorted[3])}"));
        var kept = File.ReadAllLines(Path.Combine(_folder, "kept.jsonl")).Select(line => JsonNode.Parse(line)!.AsObject()).ToList();
        kept.Select(row => (string?)row["completion"]).ShouldBe(outputs.Where((_, i) => losses[i] == sorted[1] || losses[i] == sorted[2]));
        kept.ShouldAllBe(row => !row.ContainsKey("loss") && row["meta"]!["by"]!.GetValue<string>() == "us");

        File.WriteAllLines(Path.Combine(_folder, "loss.jsonl"), File.ReadAllLines(Path.Combine(_folder, "loss.jsonl"))[..3]);
        (code, _, error) = Cli.RunIn(_folder, "data", "select", "rows.jsonl", "other.jsonl", "--scores", "loss.jsonl", "--range", range);
        code.ShouldBe(2);
        error.ShouldContain("rows.jsonl:4: --scores has no object for this row; score the same files, in the same order");
        File.Exists(Path.Combine(_folder, "other.jsonl")).ShouldBeFalse();
    }

    private void Rows(params string[] rows) => File.WriteAllLines(Path.Combine(_folder, "rows.jsonl"), rows);

    private (int Code, string Output, string Error) Score(params string[] arguments)
    {
        string[] given = ["score", .. arguments];
        given = given.Contains("--model") ? given : [.. given, "--model", Model];
        return Cli.RunIn(_folder, given.Contains("--in") ? given : [.. given, "--in", "rows.jsonl"]);
    }
}
