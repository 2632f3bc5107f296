using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Core.Memory;
using Alignment.Evaluation.Inspection;
using Alignment.Training.Options;

namespace Alignment.Cli;

/// <summary><c>alignment inspect</c>: what a model folder holds.</summary>
internal static class InspectCommand
{
    private const int KeyWidth = 22;

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true };

    private static readonly Argument<string> Folder = new Argument<string>("FOLDER") { Description = "a model or adapter folder, or a GGUF file" }.RefuseOptions();
    private static readonly Option<bool> Json = new("--json") { Description = "print JSON" };

    public static Command Create()
    {
        var command = new Command("inspect", "Shows what a model folder holds: architecture, weights, tokenizer, template, what training needs; and why it does not load.") { Folder, Json };
        command.SetAction(parsed =>
        {
            var path = parsed.GetRequiredValue(Folder);
            var report = File.Exists(path) ? GgufInspection.Of(path) : ModelInspection.Of(path);
            if (parsed.GetValue(Json))
            {
                Console.Out.WriteLine(report.ToJsonString(Readable));
            }
            else
            {
                Print(report);
            }

            return Loads(report) ? ExitCodes.Done : ExitCodes.BadInput;
        });
        return command;
    }

    /// <summary>A GGUF file that can be read is whole; whether llama.cpp knows its architecture is not known here.</summary>
    private static bool Loads(JsonObject report) => report["loads"]?.GetValue<bool>() ?? true;

    private static void Print(JsonObject report)
    {
        Console.Out.WriteLine((report["folder"] ?? report["file"])!.GetValue<string>());
        foreach (var (section, node) in report)
        {
            if (node is not JsonObject values)
            {
                continue;
            }

            Console.Out.WriteLine();
            Console.Out.WriteLine(section);
            foreach (var (key, value) in values.Where(pair => pair.Value is not null))
            {
                var lines = Text(key, value!).Split('\n');
                Console.Out.WriteLine($"  {key.Replace('_', ' ').PadRight(KeyWidth)}{lines[0]}");
                foreach (var line in lines[1..])
                {
                    Console.Out.WriteLine($"  {new string(' ', KeyWidth)}{line}");
                }
            }
        }

        Console.Out.WriteLine();
        var problems = report["problems"]!.AsArray();
        Console.Out.WriteLine(report.ContainsKey("file") ? "for llama.cpp, Ollama and LLamaSharp; training needs a model folder" : !Loads(report) ? "cannot be loaded:" : problems.Count == 0 ? "loads, and can be trained" : "the weights load, but:");
        foreach (var problem in problems)
        {
            Console.Out.WriteLine($"  {problem}");
        }
    }

    private static string Text(string key, JsonNode value) => value switch
    {
        JsonObject parts => string.Join('\n', parts.Select(part => $"{part.Key,-12}{(part.Value is null ? "" : Text(part.Key, part.Value))}")),
        JsonArray list => string.Join(", ", list.Select(item => item?.ToString())),
        JsonValue number when key.EndsWith("bytes", StringComparison.Ordinal) && number.TryGetValue<long>(out var bytes) => MemoryEstimate.Text(bytes),
        JsonValue number when number.TryGetValue<long>(out var count) => count.ToString("#,0", CultureInfo.InvariantCulture),
        JsonValue flag when flag.TryGetValue<bool>(out var yes) => yes ? "yes" : "no",
        _ => value.ToString(),
    };
}
