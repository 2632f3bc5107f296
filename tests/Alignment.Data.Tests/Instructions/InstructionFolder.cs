using System.Text.Json.Nodes;
using Alignment.Data.Instructions;

namespace Alignment.Data.Tests.Instructions;

/// <summary>Small tasks in a folder of their own, and what is built of them.</summary>
internal sealed class InstructionFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private int _built;

    public string Write(string name, string text) => _folder.Write(name, text);

    /// <summary>Rows <c>who</c>, <c>town</c>, <c>why</c>, <c>loss</c>.</summary>
    public string Towns(string name, int rows, string prefix = "p") => Write(name, string.Concat(Enumerable.Range(0, rows)
        .Select(i => new JsonObject { ["who"] = $"{prefix}{i}", ["town"] = i % 2 == 0 ? "Brook" : "Alden", ["why"] = $"The sign of {i} says so.", ["loss"] = (i * 7) % rows }.ToJsonString() + "\n")));

    /// <summary>A task of <see cref="Towns"/>.</summary>
    public InstructionTaskOptions Task(string name, int rows, string cluster = "homes") => new()
    {
        Files = [Towns($"{name}.jsonl", rows, name)],
        Cluster = cluster,
        Answer = "town",
        Options = ["Alden", "Brook"],
        Templates = ["Where does {who} live?", "Tell me the town of {who}. {options}", "{who} lives in which town? ||| In {answer}."],
    };

    public Built Build(InstructionOptions options, long seed = 1)
    {
        var folder = Path.Combine(_folder.Path, $"out{_built++}");
        Directory.CreateDirectory(folder);
        return new Built(folder, InstructionBuilder.Build(options, seed, folder));
    }

    public void Dispose() => _folder.Dispose();
}

/// <summary>What was built.</summary>
internal sealed record Built(string Folder, InstructionReport Report)
{
    public JsonObject[] Train => Rows(InstructionReport.TrainFile);

    public JsonObject[] HeldOut => Rows(InstructionReport.HeldOutFile);

    public JsonObject[] Rows(string name) => [.. File.ReadLines(Path.Combine(Folder, name)).Select(line => JsonNode.Parse(line)!.AsObject())];

    /// <summary>All files with their bytes.</summary>
    public IReadOnlyDictionary<string, byte[]> Files => Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToDictionary(path => Path.GetRelativePath(Folder, path), File.ReadAllBytes);
}

internal static class BuiltRows
{
    public static string Text(this JsonObject row, string column) => row[column]!.ToString();
}
