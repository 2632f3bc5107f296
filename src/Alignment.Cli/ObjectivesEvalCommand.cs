using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Core.Numerics;
using Alignment.Training.Options;
using static TorchSharp.torch;

namespace Alignment.Cli;

/// <summary><c>alignment objectives eval</c>: a loss, its rows and its gradients from arrays in a file.</summary>
internal static class ObjectivesEvalCommand
{
    private const double SingleTolerance = 1e-5;

    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Option<string?> Name = new("--name") { Description = "the objective (see: alignment objectives list); the file's part names when left out", HelpName = "NAME" };
    private static readonly Option<string> In = new("--in") { Description = "JSON: one record of inputs and config, or a file of parts with cases", Required = true, HelpName = "FILE" };
    private static readonly Option<string?> Case = new("--case") { Description = "which of several cases, from 0, or its key; all when left out", HelpName = "N" };
    private static readonly Option<bool> Check = new("--check") { Description = "compare with the results that the record holds, instead of printing" };
    private static readonly Option<double> Tolerance = new("--tolerance") { Description = "relative difference that --check allows", DefaultValueFactory = _ => 1e-9, HelpName = "X" };

    public static Command Create()
    {
        var command = new Command("eval", "Evaluates an objective in float64: loss, rows, metrics, gradients with respect to its inputs, as JSON.") { Name, In, Case, Check, Tolerance };
        command.SetAction(parsed =>
        {
            var records = ObjectiveRecordFile.Read(parsed.GetRequiredValue(In), parsed.GetValue(Name), parsed.GetValue(Case));
            foreach (var record in records.Where(record => record.NotRead.Count > 0))
            {
                Console.Error.WriteLine($"{record.Place}: {record.Objective.Name} does not read {string.Join(", ", record.NotRead)}");
            }

            TorchRuntime.Initialize();
            return parsed.GetValue(Check) ? Compare(records, parsed.GetValue(Tolerance)) : Print(records);
        });
        return command;
    }

    private static int Print(IReadOnlyList<ObjectiveRecord> records)
    {
        var results = records.Select(Evaluate).ToArray();
        JsonNode shown = results is [var only] ? only : new JsonArray([.. results]);
        Console.Out.WriteLine(shown.ToJsonString(Compact));
        return ExitCodes.Done;
    }

    private static int Compare(IReadOnlyList<ObjectiveRecord> records, double tolerance)
    {
        var wrong = 0;
        foreach (var record in records)
        {
            foreach (var (key, difference) in ObjectiveComparison.Of(record, Evaluate(record)))
            {
                var agrees = difference <= (record.IsSingle ? Math.Max(SingleTolerance, tolerance) : tolerance);
                wrong += agrees || difference is null ? 0 : 1;
                Console.Out.WriteLine($"{record.Place,-24}{key,-36}{(difference is null ? "not compared" : FormattableString.Invariant($"{difference:0.0e+0} {(agrees ? "" : "DIFFERS")}"))}".TrimEnd());
            }
        }

        return wrong == 0 ? ExitCodes.Done : throw new InvalidDataException(FormattableString.Invariant($"{wrong} results differ by more than {tolerance:0.0e+0}"));
    }

    private static JsonObject Evaluate(ObjectiveRecord record)
    {
        using var scope = NewDisposeScope();
        try
        {
            return ObjectiveReport.Of(record);
        }
        catch (Exception error) when (error is ArgumentException or System.Runtime.InteropServices.ExternalException)
        {
            throw new InvalidDataException($"{record.Place}: {error.Message}", error);
        }
    }
}
