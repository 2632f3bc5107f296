using System.CommandLine;

namespace Alignment.Cli.Bench;

/// <summary><c>alignment bench rollout|ppo</c>: sampling of responses, and a step of PPO, on random weights, as bench/compare.sh sets it against plain PyTorch.</summary>
internal static class RolloutBenchCommand
{
    private static readonly Option<int> Batch = TrainingBenchCommand.Count("--batch", "prompts", 16);
    private static readonly Option<int> Prompt = TrainingBenchCommand.Count("--prompt-length", "tokens of a prompt", 64);
    private static readonly Option<int> Fresh = TrainingBenchCommand.Count("--new-tokens", "tokens of a response", 128);
    private static readonly Option<int> Group = TrainingBenchCommand.Count("--group", "responses to a prompt", 1);
    private static readonly Option<int> Slots = TrainingBenchCommand.Count("--slots", "most responses side by side", 64);
    private static readonly Option<bool> Ragged = new("--ragged") { Description = "responses end by chance, half of them before half of their longest" };

    public static IEnumerable<Command> Create() =>
    [
        TrainingBenchCommand.Make("rollout", "sampling: tokens a second are those of the responses", [Batch, Prompt, Fresh, Group, Slots, Ragged], Read, RolloutWorkload.Create),
        TrainingBenchCommand.Make("ppo", "one PPO step: sampling, scoring, four passes of updates of policy and value model", [Batch, Prompt, Fresh], Read, PpoWorkload.Create),
    ];

    private static BenchOptions Read(ParseResult parsed) => TrainingBenchCommand.Common(parsed) with
    {
        Batch = parsed.GetValue(Batch),
        Length = parsed.GetValue(Prompt) + parsed.GetValue(Fresh),
        Prompt = parsed.GetValue(Prompt),
        Group = parsed.GetValue(Group),
        Slots = parsed.GetValue(Slots),
        Ragged = parsed.GetValue(Ragged),
    };
}
