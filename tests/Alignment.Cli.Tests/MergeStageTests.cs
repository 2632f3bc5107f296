using Alignment.Core.Checkpoints;
using Alignment.Data.Tokenization;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Cli.Tests;

/// <summary>The stage kind <c>merge</c> in a pipeline.</summary>
public sealed class MergeStageTests : IDisposable
{
    private static readonly string Init = Path.Combine(AppContext.BaseDirectory, "Fixtures", "stories260K");

    private readonly string _folder = Directory.CreateTempSubdirectory("alignment-merge-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Run_TwoPoliciesOnOneLine_GoesHalfWayToTheirMean()
    {
        Write("one", 0.1);
        Write("two", 0.3);
        File.WriteAllText(Inside("p.yaml"), $"""
            name: p
            stages:
              merged: {"{"} kind: merge, models: [one, two], init: {Init}, share: 0.5 {"}"}
              all: {"{"} kind: merge, models: [one], init: {Init} {"}"}
            """);

        var (code, output, error) = Cli.RunIn(_folder, "run", "p.yaml", "--run-dir", "run");

        code.ShouldBe(0, output + error);
        // What they learned points the same way, so the merged policy is the mean, 0.2 from init; half of it is kept.
        Distances("run/merged/model").ShouldAllBe(distance => Math.Abs(distance - 0.1) < 1e-5);
        Distances("run/all/model").ShouldAllBe(distance => Math.Abs(distance - 0.1) < 1e-5);
        TextTokenizer.Load(Inside("run/merged/model")).Fingerprint.ShouldBe(TextTokenizer.Load(Init).Fingerprint);
        Cli.RunIn(_folder, "run", "p.yaml", "--run-dir", "run").Output.ShouldContain("0 run, 2 up to date");
    }

    [Theory]
    [InlineData("models: [], init: INIT", 2, "models is empty; name at least one")]
    [InlineData("models: [one], init: INIT, share: 1.5", 2, "share is 1.5; it must be from 0 to 1")]
    [InlineData("models: [nowhere], init: INIT", 3, "nowhere")]
    public void Run_WrongOptions_SaysWhat(string options, int exitCode, string message)
    {
        Write("one", 0.1);
        File.WriteAllText(Inside("p.yaml"), $"name: p\nstages:\n  merged: {"{"} kind: merge, {options.Replace("INIT", Init)} {"}"}\n");

        var (code, _, error) = Cli.RunIn(_folder, "run", "p.yaml", "--run-dir", "run");

        code.ShouldBe(exitCode, error);
        error.ShouldContain(message);
    }

    private string Inside(string name) => Path.Combine(_folder, name);

    // Every weight as far from init as every other.
    private void Write(string name, double by)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = ModelFolder.LoadCausalLm(Init);
        foreach (var parameter in model.parameters())
        {
            parameter.add_((Scalar)by);
        }

        ModelFolder.Save(model, Inside(name), new() { CopyTokenizer = TextTokenizer.Load(Init).CopyTo });
    }

    private double[] Distances(string folder)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = ModelFolder.LoadCausalLm(Inside(folder));
        using var init = ModelFolder.LoadCausalLm(Init);
        return [.. model.parameters().Zip(init.parameters(), (one, other) => (one - other).mean().ToDouble())];
    }
}
