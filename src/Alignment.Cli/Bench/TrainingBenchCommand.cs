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
            Make("logprobs", "log-probs of responses, without gradient", 8, workloads => workloads.LogProbs()),
        ];
    }

    private static Command Make(string name, string description, int defaultBatch, Func<TrainingWorkloads, BenchWorkload> workload)
    {
        var batch = Count("--batch", "rows, pairs or prompts", defaultBatch);
        var command = new Command(name, $"Measures {description}.") { Shape, batch, Length, Prompt, Group, Ragged, Type, Repetitions, Warmup, Json, Profile };
        command.SetAction(parsed =>
        {
            TorchRuntime.Initialize();
            var options = new BenchOptions(
                parsed.GetRequiredValue(Shape),
                parsed.GetValue(batch),
                parsed.GetValue(Length),
                parsed.GetValue(Prompt),
                parsed.GetValue(Group),
                parsed.GetValue(Ragged),
                parsed.GetRequiredValue(Type) == "bf16" ? ScalarType.BFloat16 : ScalarType.Float32,
                parsed.GetValue(Repetitions),
                parsed.GetValue(Warmup));
            if (name != "sft" && options.Prompt >= options.Length)
            {
                throw new OptionsException([new OptionsProblem("command line", 0, $"--prompt-length {options.Prompt} leaves no response in --length {options.Length}")]);
            }

            using var scope = NewDisposeScope();
            using var measured = workload(new TrainingWorkloads(options));
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

    private static Option<int> Count(string name, string description, int value) => new(name)
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
