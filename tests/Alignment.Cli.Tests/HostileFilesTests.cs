using System.IO.Compression;
using System.Text;

namespace Alignment.Cli.Tests;

/// <summary>Damaged files through the commands and a stage: file and line, what is wrong, what to do, and nothing half written.</summary>
public sealed class HostileFilesTests : IDisposable
{
    private const string Good = "{\"prompt\": \"the cat sat\", \"completion\": \" on the mat\"}\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("alignment-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("convert", "cut.jsonl.gz", 2, "the gzip data is damaged")]
    [InlineData("convert", "surrogate.jsonl", 2, "surrogate.jsonl:2: a string holds half of a \\uD800-\\uDFFF surrogate pair; correct it or give --on-error skip")]
    [InlineData("audit", "table.csv", 2, "table.csv:3: the file ends inside quotes; a quote is missing in this row, or the file is cut off")]
    [InlineData("audit", "data.jsonl", 2, "data.jsonl: the file is Parquet; write its rows as JSONL or CSV")]
    [InlineData("preview", "bytes.jsonl", 2, "bytes.jsonl:2: invalid UTF-8 at byte 13 of the row; save the file as UTF-8\n")]
    [InlineData("select", "long.jsonl", 2, "long.jsonl:2: the row has more than 32 MB")]
    [InlineData("split", "folder", 3, "The folder 'folder' holds no data file (.jsonl, .json, .ndjson, .csv, .tsv, or .gz of them)")]
    [InlineData("build-instructions", "nan.jsonl", 2, "nan.jsonl:2: malformed JSON (at byte 16: 'N' is an invalid start of a value); JSON has no NaN and no Infinity: write null")]
    [InlineData("sft", "deep.jsonl", 2, "deep.jsonl:2: malformed JSON (at byte 75: The maximum configured depth of 64 has been exceeded. Cannot read next JSON array)")]
    [InlineData("sft", "empty.jsonl", 2, "empty.jsonl: the file is empty; remove it from the list or write rows into it")]
    public void Run_HostileFile_IsToldAndNothingIsHalfWritten(string command, string file, int expected, string message)
    {
        Write(file);
        Directory.CreateDirectory(Path.Combine(_folder, "out"));
        File.WriteAllText(Path.Combine(_folder, "tasks.yaml"), $"tasks:\n  a: {{ files: [{file}], answer: completion, templates: [\"{{prompt}}?\"] }}\n");
        File.WriteAllText(Path.Combine(_folder, "pipeline.yaml"), $"name: h\nstages:\n  s: {{ kind: sft, model: model, train: [{file}], training: {{ max_steps: 1 }} }}\n");
        Directory.CreateDirectory(Path.Combine(_folder, "model")); // never read

        var (code, _, error) = Cli.RunIn(_folder, command switch
        {
            "convert" => ["data", "convert", file, "out/o.jsonl", "--to", "trl-prompt-completion"],
            "audit" => ["data", "audit", file, "--output", "out/audit"],
            "preview" => ["data", "preview", file, "--tokenizer", Path.Combine(AppContext.BaseDirectory, "Fixtures", "stories260K"), "--html", "out/p.html"],
            "select" => ["data", "select", file, "out/o.jsonl"],
            "split" => ["data", "split", file, "--train", "out/t.jsonl", "--eval", "out/e.jsonl", "--rows", "1"],
            "build-instructions" => ["data", "build-instructions", "tasks.yaml", "--output", "out/set"],
            _ => ["sft", "--config", "pipeline.yaml", "--run-dir", "out"],
        });

        error.ShouldContain(message);
        error.ShouldNotContain("   at "); // no stack trace
        code.ShouldBe(expected);
        Directory.GetFiles(Path.Combine(_folder, "out"), "*", SearchOption.AllDirectories).Where(path => !Path.GetFileName(path).StartsWith(".lock", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private void Write(string name)
    {
        byte[] bytes = name switch
        {
            "folder" => [],
            "empty.jsonl" => [],
            "cut.jsonl.gz" => Packed(string.Concat(Enumerable.Repeat(Good, 500)))[..^12],
            "surrogate.jsonl" => Text(Good + "{\"prompt\": \"a\\ud800\", \"completion\": \"b\"}\n"),
            "table.csv" => Text("prompt,completion\n\"the cat\",b\n\"the dog,c\nx,y\n"),
            "data.jsonl" => [.. "PAR1"u8, 0x15, 0x04, 0x15],
            "bytes.jsonl" => [.. Text(Good), .. "{\"prompt\": \""u8, 0xC3, 0x28, .. "\"}\n"u8],
            "long.jsonl" => Text(Good + "{\"prompt\": \"" + new string('a', 50_000_000) + "\"}\n"),
            "nan.jsonl" => Text(Good + "{\"completion\": NaN}\n").ToArray(),
            _ => Text(Good + "{\"prompt\": " + new string('[', 5000) + new string(']', 5000) + "}\n"),
        };
        if (name == "folder")
        {
            Directory.CreateDirectory(Path.Combine(_folder, name));
        }
        else
        {
            File.WriteAllBytes(Path.Combine(_folder, name), bytes);
        }
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Packed(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(Text(text));
        }

        return packed.ToArray();
    }
}
