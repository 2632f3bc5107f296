using Alignment.Training.Options;
using Alignment.Training.Pipelines;
using Alignment.Training.Tests.Options;

namespace Alignment.Training.Tests.Pipelines;

public sealed class StageProgramTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Understand_WholeCommandLine_GivesTheInvocation()
    {
        Directory.CreateDirectory(Place("out/base/model"));
        File.WriteAllText(Place("a.jsonl"), "{}");
        var file = Write($$"""
            name: demo
            seed: 3
            output: {{Place("ignored")}}
            stages:
              base: { kind: sft, model: {{Place("a.jsonl")}} }
              next: { kind: sft, model: stage:base, files: {{Place("a.jsonl")}}, epochs: 2 }
            """);

        var arguments = StageArguments.Parse("sft", ["--config", file, "--stage=next", "--run-dir", Place("out"), "--set", "epochs=5", "--set", "nested.beta=0.7", "--verbose"]);
        var invocation = StageProgram.Understand<SampleOptions>("sft", arguments);

        invocation.Kind.ShouldBe("sft");
        invocation.Name.ShouldBe("next");
        invocation.Seed.ShouldBe(3);
        invocation.OutputFolder.ShouldBe(Place("out") + "/next");
        invocation.PipelineFile.ShouldBe(file);
        invocation.Options.Model.ShouldBe(Place("out") + "/base/model");
        invocation.Options.Epochs.ShouldBe(5);
        invocation.Options.Nested.Beta.ShouldBe(0.7);
        invocation.Inputs.ShouldBe(new Dictionary<string, string> { ["files[0]"] = Place("a.jsonl"), ["model"] = Place("out") + "/base/model" }, ignoreOrder: true);
        invocation.Verbose.ShouldBeTrue();
        invocation.OptionsJson["epochs"]!.GetValue<long>().ShouldBe(5);
    }

    [Fact]
    public void Understand_Pattern_GivesTheMatchingFilesAsInputs()
    {
        foreach (var name in (string[])["b1.jsonl", "a2.jsonl", "c.txt", "sub/a3.jsonl"])
        {
            _folder.Write(name, "{}");
        }

        var file = Write($$"""{ stages: { s: { kind: sft, model: {{_folder.Path}}, files: ["{{Place("*.jsonl")}}", "{{Place("**/a?.jsonl")}}"] } } }""");

        StageProgram.Understand<SampleOptions>("sft", StageArguments.Parse("sft", ["--config", file])).Inputs.ShouldBe(
            new Dictionary<string, string>
            {
                ["model"] = _folder.Path,
                ["files[0]#0"] = Place("a2.jsonl"),
                ["files[0]#1"] = Place("b1.jsonl"),
                ["files[1]#0"] = Place("a2.jsonl"),
                ["files[1]#1"] = Place("sub/a3.jsonl"),
            },
            ignoreOrder: true);
    }

    [Theory]
    [InlineData("9", 9)]
    [InlineData(null, 4)]
    public void Understand_Seed_CommandLineBeforeStageBeforePipeline(string? seed, long expected)
    {
        var file = Write($$"""{ seed: 3, stages: { s: { kind: sft, seed: 4, model: {{_folder.Path}} } } }""");

        var arguments = StageArguments.Parse("sft", seed is null ? ["--config", file] : ["--config", file, "--seed", seed]);

        StageProgram.Understand<SampleOptions>("sft", arguments).Seed.ShouldBe(expected);
    }

    [Fact]
    public void Run_MissingInputs_ListsThemAllAndGives3()
    {
        var file = Write($$"""
            output: {{Place("out")}}
            stages:
              base: { kind: dpo, model: x }
              s:
                kind: sft
                model: stage:base
                files: [nope.jsonl]
            """);

        var (code, error) = Capture(() => StageProgram.Run<SampleOptions>("sft", ["--config", file], _ => 0));

        code.ShouldBe(ExitCodes.MissingInput);
        error.ShouldBe($"""
            error: {file}:7: 'files[0]' of stage 's' is 'nope.jsonl', which does not exist (looked from {Directory.GetCurrentDirectory()}); correct the path or make the file
            {file}:6: 'model' of stage 's' is the output of stage 'base', but '{Place("out")}/base/model' does not exist; run stage 'base' first

            """);
        Directory.Exists(Place("out")).ShouldBeFalse();
    }

    [Fact]
    public void Run_BadOptions_NamesStageFileAndLineAndGives2()
    {
        var file = Write("stages:\n  s:\n    kind: sft\n    model: m\n    epoch: 3\n");

        var (code, error) = Capture(() => StageProgram.Run<SampleOptions>("sft", ["--config", file, "--set", "epochs=x"], _ => 0));

        code.ShouldBe(ExitCodes.BadInput);
        error.ShouldBe($"""
            error: --set epochs=x: stage 's': 'epochs' is 'x'; it must be a whole number
            {file}:5: stage 's': unknown option 'epoch'; did you mean 'epochs'?

            """);
    }

    [Fact]
    public void Run_BadArguments_ListsThemAll()
    {
        var (code, error) = Capture(() => StageProgram.Run<SampleOptions>("sft", ["--stge", "--seed", "x", "--set"], _ => 0));

        code.ShouldBe(ExitCodes.BadInput);
        error.ShouldBe("""
            error: --config: is missing; give the pipeline file, for instance: alignment sft --config pipelines/quickstart.yaml
            --seed: is 'x'; it must be a whole number
            --set: has no value; give one after it
            --stge: unknown argument; did you mean '--stage'? See: alignment sft --help

            """);
    }

    [Fact]
    public void Run_StageThrows_GivesItsCode()
    {
        var file = Write($$"""{ output: {{Place("out")}}, stages: { s: { kind: sft, model: {{_folder.Path}} } } }""");

        var (code, error) = Capture(() => StageProgram.Run<SampleOptions>("sft", ["--config", file], _ => throw new OperationCanceledException("checkpoint written at step 7")));

        code.ShouldBe(ExitCodes.Cancelled);
        error.ShouldBe("cancelled: checkpoint written at step 7\n");
    }

    [Fact]
    public void Run_SecondProcessOnOneFolder_IsRefused()
    {
        var file = Write($$"""{ output: {{Place("out")}}, stages: { s: { kind: sft, model: {{_folder.Path}} } } }""");
        var nested = (Code: 0, Error: "");

        StageProgram.Run<SampleOptions>("sft", ["--config", file], _ =>
        {
            nested = Capture(() => StageProgram.Run<SampleOptions>("sft", ["--config", file], _ => 0));
            return 0;
        }).ShouldBe(0);

        nested.Code.ShouldBe(ExitCodes.MissingInput);
        nested.Error.ShouldBe($"error: stage 's' is already running in '{Place("out")}/s' (lock file {Place("out/s/.lock")}, process {Environment.ProcessId}); wait for it or stop it, or choose another folder with --run-dir\n");
    }

    private static (int Code, string Error) Capture(Func<int> run)
    {
        var before = Console.Error;
        var error = new StringWriter();
        Console.SetError(error);
        try
        {
            return (run(), error.ToString());
        }
        finally
        {
            Console.SetError(before);
        }
    }

    private string Place(string name) => Path.Combine(_folder.Path, name);

    private string Write(string yaml)
    {
        var path = Place("p.yaml");
        File.WriteAllText(path, yaml);
        return path;
    }
}
