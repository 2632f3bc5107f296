using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Training.Options;

namespace Alignment.Cli.Bench;

/// <summary><c>alignment bench scaling</c>: how time and memory of a step grow with the length of its rows, and memory with the vocabulary. Writes a table and a picture.</summary>
internal static class ScalingBenchCommand
{
    private static readonly double[] VocabularyFactors = [0.25, 0.5, 1, 2, 4];

    private static readonly Option<string> Output = new("--output") { Description = "the folder for scaling.md and scaling.svg", Required = true, HelpName = "DIR" };
    private static readonly Option<int[]> Lengths = new("--lengths")
    {
        Description = "tokens of a row",
        DefaultValueFactory = _ => [256, 512, 1024, 2048, 4096],
        AllowMultipleArgumentsPerToken = true,
        HelpName = "N ...",
    };

    private static readonly Option<int> Part = TrainingBenchCommand.Count("--part", "tokens of a pair's prompt while its completions grow, and of the completions while the prompt grows", 128);
    private static readonly Option<int> Repetitions = TrainingBenchCommand.Count("--reps", "steps that count, of SFT", 3);
    private static readonly Option<int> Rounds = TrainingBenchCommand.Count("--rounds", "processes for each size of the vocabulary: with large ones the peak differs from one to the next", 3);
    private static readonly Option<string?> Before = new("--before") { Description = "a command that goes before each measurement, such as \"chrt -f 50\"", HelpName = "COMMAND" };

    public static Command Create()
    {
        var command = new Command("scaling", "Measures how a step's time and memory grow with the length of rows, and memory with the vocabulary; writes scaling.md and scaling.svg.")
        {
            TrainingBenchCommand.Shape, Lengths, Part, TrainingBenchCommand.Type, Repetitions, Rounds, Before, Output,
        };
        command.SetAction(Run);
        return command;
    }

    /// <summary>What is measured, in the order of the table.</summary>
    /// <param name="lengths">Tokens of a row, rising. The longest row is what a step of constant size has.</param>
    /// <param name="part">Tokens of a prompt or completion that does not grow.</param>
    /// <param name="vocabulary">The shape's.</param>
    internal static IReadOnlyList<ScalingPoint> Points(IReadOnlyList<int> lengths, int part, int vocabulary) =>
    [
        .. lengths.Select(length => new ScalingPoint(ScalingSeries.Tokens, lengths[^1] / length, length, 0, vocabulary)),
        .. lengths.Select(length => new ScalingPoint(ScalingSeries.Row, 1, length, 0, vocabulary)),
        .. lengths.Select(length => new ScalingPoint(ScalingSeries.Prompt, 1, length, length - part, vocabulary)),
        .. lengths.Select(length => new ScalingPoint(ScalingSeries.Completion, 1, length, part, vocabulary)),
        .. VocabularyFactors.Select(factor => new ScalingPoint(ScalingSeries.Vocabulary, 1, lengths[0], part, (int)(factor * vocabulary))),
    ];

    private static int Run(ParseResult parsed)
    {
        var shape = parsed.GetRequiredValue(TrainingBenchCommand.Shape);
        var config = BenchShape.Parse(shape);
        var (lengths, part, folder) = (parsed.GetRequiredValue(Lengths).Order().ToArray(), parsed.GetValue(Part), parsed.GetRequiredValue(Output));
        if (lengths.Length == 0 || lengths[0] <= part || lengths[^1] > config.ContextLength)
        {
            throw TrainingBenchCommand.Wrong($"--lengths must be above --part, {part}, and at most the {config.ContextLength} positions of --shape");
        }

        if (lengths.FirstOrDefault(length => lengths[^1] % length != 0) is > 0 and var odd)
        {
            throw TrainingBenchCommand.Wrong($"--lengths has {odd}, of which rows do not make a step of {lengths[^1]} tokens; give lengths that divide the longest");
        }

        Directory.CreateDirectory(folder);
        var measured = new Dictionary<string, JsonObject>(); // one measurement may be a point of several series
        var points = new List<ScalingPoint>();
        foreach (var point in Points(lengths, part, config.VocabularySize))
        {
            var arguments = Arguments(point, parsed, BenchShape.Json(shape));
            var key = string.Join('\n', arguments);
            if (!measured.TryGetValue(key, out var result))
            {
                measured[key] = result = Measure(parsed.GetValue(Before), arguments, point.Series == ScalingSeries.Vocabulary ? parsed.GetValue(Rounds) : 1);
            }

            points.Add(point with { Result = result });
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{point.Series,-10} {point.X,6}: {points[^1].Milliseconds,8:0} ms {points[^1].PeakMegabytes,6:0} MB"));
        }

        var name = shape.TrimStart().StartsWith('{') ? "a shape of its own" : shape;
        AtomicFile.WriteText(Path.Combine(folder, "scaling.svg"), ScalingPlot.Draw(config, points));
        AtomicFile.WriteText(Path.Combine(folder, "scaling.md"), ScalingReport.Write(name, config, points));
        Console.Out.WriteLine($"wrote {Path.Combine(folder, "scaling.md")} and scaling.svg");
        return ExitCodes.Done;
    }

    private static string[] Arguments(ScalingPoint point, ParseResult parsed, string shape)
    {
        var model = JsonNode.Parse(shape)!.AsObject();
        model["vocab_size"] = point.Vocabulary;
        string[] common =
        [
            "--shape", model.ToJsonString(), "--dtype", parsed.GetRequiredValue(TrainingBenchCommand.Type),
            "--batch", Text(point.Rows), "--length", Text(point.Length), "--json",
        ];

        // Of pairs the memory is asked: two steps show it.
        return point.IsPair
            ? ["bench", "dpo", .. common, "--prompt-length", Text(point.Prompt), "--reps", "1"]
            : ["bench", "sft", .. common, "--reps", Text(parsed.GetValue(Repetitions))];
    }

    // Of several processes that of the median peak.
    private static JsonObject Measure(string? before, string[] arguments, int rounds) =>
        Enumerable.Range(0, rounds).Select(_ => Measure(before, arguments)).OrderBy(result => result["peak_rss_mb"]!.GetValue<long>()).ElementAt(rounds / 2);

    private static JsonObject Measure(string? before, string[] arguments)
    {
        var (program, rest) = ThisProgram.With(arguments);
        string[] line = [.. (before ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries), program, .. rest];
        try
        {
            using var process = Process.Start(new ProcessStartInfo(line[0], line[1..]) { RedirectStandardOutput = true })!;
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => process.Kill()); // ends both
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0
                ? JsonNode.Parse(output)!.AsObject()
                : throw TrainingBenchCommand.Wrong($"'{string.Join(' ', line)}' ended with code {process.ExitCode}; why stands above");
        }
        catch (Win32Exception error)
        {
            throw TrainingBenchCommand.Wrong($"--before: '{line[0]}' cannot be started: {error.Message}");
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
