using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Alignment.Core.Numerics;
using Alignment.Training.Options;
using static TorchSharp.torch;

namespace Alignment.Cli.Bench;

/// <summary><c>alignment bench sft|dpo|reward|grpo|logprobs</c>: a stage's step on random weights, as bench/compare.sh sets it against plain PyTorch.</summary>
internal static class TrainingBenchCommand
{
    /// <summary>The model.</summary>
    internal static readonly Option<string> Shape = new("--shape") { Description = $"{BenchShape.Names}, a config.json or its text", DefaultValueFactory = _ => BenchShape.Default, HelpName = "SHAPE" };

    /// <summary>The type of the matrix products.</summary>
    internal static readonly Option<string> Type = TypeOption();

    private static readonly Option<int> Length = Count("--length", "tokens of a row, prompt and response together", 256);
    private static readonly Option<int> Prompt = Count("--prompt-length", "tokens of a prompt", 128);
    private static readonly Option<int> Group = Count("--group", "responses to a prompt", 4);
    private static readonly Option<bool> Ragged = new("--ragged") { Description = "responses of different lengths, a quarter of the longest and more" };
    private static readonly Option<int> Repetitions = Count("--reps", "steps that count", 5);
    private static readonly Option<int> Warmup = Count("--warmup", "steps before them", 1, least: 0);
    private static readonly Option<string> Device = new("--device") { Description = "cpu, cuda or cuda:N", DefaultValueFactory = _ => "cpu", HelpName = "NAME" };
    private static readonly Option<bool> Json = new("--json") { Description = "print one JSON object" };
    private static readonly Option<bool> Profile = new("--profile") { Description = "print where the time of the steps goes" };

    public static IEnumerable<Command> Create() =>
    [
        Make("sft", "one SFT step: loss of every token, gradients, clipping, AdamW", Count("--batch", "rows", 8), [], workloads => workloads.Sft()),
        Make("dpo", "one DPO step with the reference's log-probs at hand", Count("--batch", "pairs", 4), [Prompt, Ragged], workloads => workloads.Dpo()),
        Make("reward", "one step of a reward model", Count("--batch", "pairs", 4), [Prompt, Ragged], workloads => workloads.Reward()),
        Make("grpo", "one GRPO update", Count("--batch", "prompts", 4), [Prompt, Group, Ragged], workloads => workloads.Grpo()),
        .. RolloutBenchCommand.Create(),
        Make("logprobs", "log-probs of responses, without gradient", Count("--batch", "rows", 8), [Prompt, Ragged], workloads => workloads.LogProbs()),
    ];

    private static Command Make(string name, string description, Option<int> batch, Option[] own, Func<TrainingWorkloads, BenchWorkload> workload) =>
        Make(name, description, [batch, Length, .. own], parsed =>
        {
            var options = Common(parsed) with
            {
                Batch = parsed.GetValue(batch),
                Length = parsed.GetValue(Length),
                Prompt = own.Contains(Prompt) ? parsed.GetValue(Prompt) : 0,
                Group = own.Contains(Group) ? parsed.GetValue(Group) : 1,
                Ragged = own.Contains(Ragged) && parsed.GetValue(Ragged),
            };
            return options.Prompt < options.Length
                ? options
                : throw Wrong($"--prompt-length {options.Prompt} leaves no response in --length {options.Length}");
        }, options => workload(new TrainingWorkloads(options)));

    /// <summary>A command that measures a workload; the options that all have are added.</summary>
    /// <param name="name">Of the command.</param>
    /// <param name="description">What is measured.</param>
    /// <param name="own">Its own options.</param>
    /// <param name="read">The command line with those.</param>
    /// <param name="workload">Makes the workload.</param>
    internal static Command Make(string name, string description, IEnumerable<Option> own, Func<ParseResult, BenchOptions> read, Func<BenchOptions, BenchWorkload> workload)
    {
        var command = new Command(name, $"Measures {description}.") { Shape };
        foreach (var option in own.Concat([Type, Device, Repetitions, Warmup, Json, Profile]))
        {
            command.Add(option);
        }

        command.SetAction(parsed =>
        {
            var options = read(parsed);
            Check(options);
            if (parsed.GetValue(Profile) && parsed.GetRequiredValue(Device) != "cpu")
            {
                throw Wrong("--profile tells the host's times, and a GPU does its work later; leave it out, or measure with --device cpu");
            }

            TorchRuntime.Initialize();
            options = options with { Device = Devices.Parse(parsed.GetRequiredValue(Device)) };
            using var scope = NewDisposeScope();
            using var measured = workload(options);
            StepPhases.Recording = parsed.GetValue(Profile);
            var result = BenchRunner.Measure(measured, options);
            var phases = StepPhases.Take().OrderByDescending(phase => phase.Time).Select(phase => (phase.Name, Milliseconds: phase.Time.TotalMilliseconds / (options.Repetitions + options.Warmup))).ToList();
            if (parsed.GetValue(Json))
            {
                if (phases.Count > 0)
                {
                    result["phases_ms"] = new JsonObject(phases.Select(phase => KeyValuePair.Create(phase.Name, (JsonNode?)Math.Round(phase.Milliseconds, 1))));
                }

                Console.Out.WriteLine(result.ToJsonString());
            }
            else
            {
                Print(result, phases);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>What all commands have; the rest as it is when nothing is given.</summary>
    internal static BenchOptions Common(ParseResult parsed) => new(
        parsed.GetRequiredValue(Shape),
        Batch: 1,
        Length: 1,
        Prompt: 1,
        Group: 1,
        Ragged: false,
        parsed.GetRequiredValue(Type) == "bf16" ? ScalarType.BFloat16 : ScalarType.Float32,
        parsed.GetValue(Repetitions),
        parsed.GetValue(Warmup));

    /// <summary>An error of the command line.</summary>
    internal static OptionsException Wrong(string message) => new("command line", 0, message);

    private static void Check(BenchOptions options)
    {
        var config = BenchShape.Parse(options.Shape);
        if (config.IsEncoder)
        {
            throw Wrong($"--shape is a {config.ModelType}, which reads whole texts and neither continues nor rates them; give a decoder's");
        }

        if (options.Length > config.ContextLength)
        {
            throw Wrong($"a row of {options.Length} tokens is longer than the {config.ContextLength} positions of --shape; shorten it, or give a shape with more positions");
        }
    }

    private static Option<string> TypeOption()
    {
        var type = new Option<string>("--dtype") { Description = "of the matrix products", DefaultValueFactory = _ => "fp32", HelpName = "fp32|bf16" };
        type.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is not ("fp32" or "bf16") and var given)
            {
                result.AddError($"--dtype must be fp32 or bf16, got '{given}'.");
            }
        });
        return type;
    }

    private static void Print(JsonObject result, IReadOnlyList<(string Name, double Milliseconds)> phases)
    {
        foreach (var (key, value) in result)
        {
            Console.Out.WriteLine($"{key,-22} {value}");
        }

        var total = phases.Sum(phase => phase.Milliseconds);
        foreach (var (name, milliseconds) in phases)
        {
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-22} {milliseconds,9:0.0} ms {100 * milliseconds / total,5:0.0} %"));
        }
    }

    /// <summary>An option that counts something.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it counts.</param>
    /// <param name="value">When nothing is given.</param>
    /// <param name="least">What it must be at least.</param>
    internal static Option<int> Count(string name, string description, int value, int least = 1) =>
        new Option<int>(name) { Description = description, DefaultValueFactory = _ => value, HelpName = "N" }.Require(count => count >= least, $"must be at least {least}");
}
