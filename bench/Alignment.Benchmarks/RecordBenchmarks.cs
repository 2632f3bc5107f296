using System.Text;
using System.Text.Json.Nodes;
using Alignment.Data.Formats;
using Alignment.Data.Rows;
using BenchmarkDotNet.Attributes;

namespace Alignment.Benchmarks;

/// <summary>10,000 rows of JSONL of one format, from the file to rows of data.</summary>
public class RecordBenchmarks
{
    private const int Rows = 10_000;
    private const int Characters = 200;

    private string _file = "";

    [Params("messages", "preference", "alpaca", "sharegpt", "hh-rlhf", "ultrafeedback")]
    public string Format { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        _file = Path.Combine(Directory.CreateTempSubdirectory("alignment-benchmarks-").FullName, "rows.jsonl");
        var lines = new StringBuilder();
        for (var i = 0; i < Rows; i++)
        {
            lines.Append(Row(Format, 3 * i).ToJsonString()).Append('\n');
        }

        File.WriteAllText(_file, lines.ToString());
    }

    [GlobalCleanup]
    public void Cleanup() => Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);

    [Benchmark]
    public int Read10kRows() => new RowReader(RowTypes.All).Read(_file).Count();

    private static JsonObject Row(string format, int seed)
    {
        var (asked, good, bad) = (Sentences.Text(Characters, seed), Sentences.Text(Characters, seed + 1), Sentences.Text(Characters, seed + 2));
        return format switch
        {
            "messages" => new() { ["messages"] = new JsonArray(Turn("role", "user", "content", asked), Turn("role", "assistant", "content", good)) },
            "preference" => new() { ["prompt"] = asked, ["chosen"] = good, ["rejected"] = bad },
            "alpaca" => new() { ["instruction"] = asked, ["input"] = "", ["output"] = good },
            "sharegpt" => new() { ["conversations"] = new JsonArray(Turn("from", "human", "value", asked), Turn("from", "gpt", "value", good)) },
            "hh-rlhf" => new() { ["chosen"] = $"\n\nHuman: {asked}\n\nAssistant: {good}", ["rejected"] = $"\n\nHuman: {asked}\n\nAssistant: {bad}" },
            _ => new() { ["instruction"] = asked, ["completions"] = new JsonArray(Answer(good, 8), Answer(bad, 3)) },
        };
    }

    private static JsonObject Turn(string role, string who, string content, string text) => new() { [role] = who, [content] = text };

    private static JsonObject Answer(string text, double score) => new() { ["response"] = text, ["overall_score"] = score };
}
