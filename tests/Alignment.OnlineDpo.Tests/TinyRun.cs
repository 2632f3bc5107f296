using Alignment.Tests;

namespace Alignment.OnlineDpo.Tests;

/// <summary>A tiny world and the stage run on it.</summary>
internal sealed class TinyRun(string stage) : TinyWorld("  online:\n    kind: online-dpo\n    model: ROOT/policy\n    train: [ROOT/prompts.jsonl]\n    data: { template: chatml, max_length: 64 }\n" + stage)
{
    /// <summary>The stage's folder in a run's.</summary>
    public static string Stage(string runFolder) => Path.Combine(runFolder, "online");

    /// <summary>Runs the stage in this process.</summary>
    public int Main(string runFolder, params string[] assignments) =>
        Program.Main(["--config", At("pipeline.yaml"), "--run-dir", runFolder, .. assignments.SelectMany(assignment => (string[])["--set", assignment])]);

    /// <summary>Runs the stage in a process of its own, to its end or until it gets a signal.</summary>
    public (int ExitCode, string Text) Start(string runFolder, int signal = StageProcess.Terminate, Func<bool>? when = null, params string[] assignments) => StageProcess.Run(
        typeof(Program), ["--config", At("pipeline.yaml"), "--run-dir", runFolder, .. assignments.SelectMany(assignment => (string[])["--set", assignment])], when is null ? null : _ => when(), signal);
}
