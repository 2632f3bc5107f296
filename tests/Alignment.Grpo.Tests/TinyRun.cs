using Alignment.Tests;

namespace Alignment.Grpo.Tests;

/// <summary>A tiny world and the stage run on it.</summary>
internal sealed class TinyRun(string stages = "") : TinyWorld(stages)
{
    /// <summary>Runs the stage in this process.</summary>
    public int Main(string? runFolder = null) => Program.Main(["--config", At("pipeline.yaml"), "--stage", "grpo", "--run-dir", runFolder ?? Root]);

    /// <summary>Runs the stage in a process of its own, to its end or until it is killed.</summary>
    public (int ExitCode, string Error) Start(string runFolder, Func<bool>? killWhen = null) => StageProcess.Run(
        typeof(Program), ["--config", At("pipeline.yaml"), "--stage", "grpo", "--run-dir", runFolder], killWhen is null ? null : _ => killWhen(), StageProcess.Kill);
}
