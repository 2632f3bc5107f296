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
    private static readonly Option<string> Shape = new("--shape") { Description = $"{BenchShape.Names}, a config.json or its text", DefaultValueFactory = _ => BenchShape.Default, HelpName = "SHAPE" };
    private static readonly Option<int> Length = Count("--length", "tokens of a row, prompt and response together", 256);
    private static readonly Option<int> Prompt = Count("--prompt-length", "tokens of a prompt", 128);
    private static readonly Option<int> Group = Count("--group", "responses to a prompt, for grpo", 4);
    private static readonly Option<bool> Ragged = new("--ragged") { Description = "responses of different lengths, a quarter of the longest and more" };
    private static readonly Option<string> Type = new("--dtype") { Description = "of the matrix products: fp32 or bf16", DefaultValueFactory = _ => "fp32", HelpName = "TYPE" };
    private static readonly Option<int> Repetitions = Count("--reps", "steps that count", 5);
    private static readonly Option<int> Warmup = Count("--warmup", "steps before them", 1);
    private static readonly Option<bool> Json = new("--json") { Description = "print one JSON object" };
    private static readonly Option<bool> Profile = new("--profile") { Description = "print where the time of the steps goes" };

    public static IEnumerable<Command> Create()
    {
        Type.AcceptOnlyFromAmong("fp32", "bf16");
        return
        [
            Make("sft", "one SFT step: loss of every token, gradients, clipping, AdamW", 8, workloads => workloads.Sft()),
            Make("dpo", "one DPO step with the reference's log-probs at hand; --batch counts pairs", 4, workloads => workloads.Dpo()),
            Make("reward", "one step of a reward model; --batch counts pairs", 4, workloads => workloads.Reward()),
            Make("grpo", "one GRPO update; --batch counts prompts", 4, workloads => workloads.Grpo()),
            .. RolloutBenchCommand.Create(),
            Make("logprobs", "log-probs of responses, without gradient", 8, workloads => workloads.LogProbs()),
        ];
    }

    private static Command Make(string name, string description, int defaultBatch, Func<TrainingWorkloads, BenchWorkload> workload)
    {
        var batch = Count("--batch", "rows, pairs or prompts", defaultBatch);
        return Make(name, description, [batch, Length, Prompt, Group, Ragged], parsed =>
        {
            var options = Common(parsed) with
            {
                Batch = parsed.GetValue(batch),
                Length = parsed.GetValue(Length),
                Prompt = parsed.GetValue(Prompt),
                Group = parsed.GetValue(Group),
                Ragged = parsed.GetValue(Ragged),
            };
            return name == "sft" || options.Prompt < options.Length
                ? options
                : throw new OptionsException([new OptionsProblem("command line", 0, $"--prompt-length {options.Prompt} leaves no response in --length {options.Length}")]);
        }, options => workload(new TrainingWorkloads(options)));
    }

    /// <summary>A command that measures a workload; the options that all have are added.</summary>
    /// <param name="name">Of the command.</param>
    /// <param name="description">What is measured.</param>
    /// <param name="own">Its own options.</param>
    /// <param name="read">The command line with those.</param>
    /// <param name="workload">Makes the workload.</param>
    internal static Command Make(string name, string description, IEnumerable<Option> own, Func<ParseResult, BenchOptions> read, Func<BenchOptions, BenchWorkload> workload)
    {
        var command = new Command(name, $"Measures {description}.") { Shape };
        foreach (var option in own.Concat([Type, Repetitions, Warmup, Json, Profile]))
        {
            command.Add(option);
        }

        command.SetAction(parsed =>
        {
            TorchRuntime.Initialize();
            var options = read(parsed);
            using var scope = NewDisposeScope();
            using var measured = workload(options);
            StepPhases.Recording = parsed.GetValue(Profile);
            var result = BenchRunner.Measure(measured, options);
            if (parsed.GetValue(Json))
            {
                Console.Out.WriteLine(result.ToJsonString());
            }
            else
            {
                Print(result);
            }

            if (parsed.GetValue(Profile))
            {
                PrintPhases(options.Repetitions + options.Warmup);
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

    private static void Print(JsonObject result)
    {
        foreach (var (key, value) in result)
        {
            Console.Out.WriteLine($"{key,-22} {value}");
        }
    }

    private static void PrintPhases(int steps)
    {
        var phases = StepPhases.Take();
        var total = phases.Sum(phase => phase.Time.TotalMilliseconds);
        foreach (var (name, time) in phases.OrderByDescending(phase => phase.Time))
        {
            Console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{name,-22} {time.TotalMilliseconds / steps,9:0.0} ms {100 * time.TotalMilliseconds / total,5:0.0} %"));
        }
    }

    internal static Option<int> Count(string name, string description, int value) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => value,
        HelpName = "N",
        Validators =
        {
            result =>
            {
                if (result.GetValueOrDefault<int>() < (name == "--warmup" ? 0 : 1))
                {
                    result.AddError($"{name} must be at least {(name == "--warmup" ? 0 : 1)}.");
                }
            },
        },
    };
}
