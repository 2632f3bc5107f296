using Alignment.Tests;

namespace Alignment.Ppo.Tests;

/// <summary>A tiny world and the stage run on it.</summary>
internal sealed class TinyRun(string stages) : TinyWorld(stages)
{
    /// <summary>Runs the stage in this process.</summary>
    public int Main(string runFolder, params string[] more) =>
        Program.Main(["--config", At("pipeline.yaml"), "--stage", "ppo", "--run-dir", runFolder, .. more]);

    /// <summary>Runs the stage in a process of its own, to its end or until it gets a signal.</summary>
    public (int ExitCode, string Error) Start(string? runFolder = null, int signal = StageProcess.Terminate, Func<bool>? when = null) => StageProcess.Run(
        typeof(Program), ["--config", At("pipeline.yaml"), "--stage", "ppo", "--run-dir", runFolder ?? Root], when is null ? null : _ => when(), signal);

    /// <summary>Every byte of what a run ends with.</summary>
    public static byte[][] Weights(string stageFolder) =>
        [.. new[] { "model", "value_model" }.Select(name => File.ReadAllBytes(Path.Combine(stageFolder, name, "model.safetensors")))];
}
