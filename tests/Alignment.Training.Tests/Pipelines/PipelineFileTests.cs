using Alignment.Training.Options;
using Alignment.Training.Pipelines;

namespace Alignment.Training.Tests.Pipelines;

public sealed class PipelineFileTests
{
    [Fact]
    public void Read_GoodFile_GivesStagesInOrderWithTheirEdges()
    {
        var file = Read("""
            name: demo
            seed: 7
            stages:
              tok: { kind: tokenizer, files: [a] }
              base: { kind: sft, seed: 2, tokenizer: stage:tok }
              eval: { kind: evaluate, models: { base: stage:base }, list: [stage:tok] }
            """);

        (file.Name, file.Seed, file.Output).ShouldBe(("demo", 7, "runs/demo"));
        file.Stages.Select(s => (s.Name, s.Kind, s.Seed, s.Line)).ShouldBe([("tok", "tokenizer", null, 4), ("base", "sft", 2L, 5), ("eval", "evaluate", null, 6)]);
        file.Stages[2].References.Select(r => (r.Option, r.Stage)).ShouldBe([("models.base", "base"), ("list[0]", "tok")]);
    }

    [Fact]
    public void Read_NoNameAndOutput_NamesTheRunByTheFile()
    {
        Read("stages: { s: { kind: sft } }").Output.ShouldBe("runs/p");
        Read("{ output: elsewhere, stages: { s: { kind: sft } } }").Output.ShouldBe("elsewhere");
    }

    [Fact]
    public void Read_ManyProblems_ListsAll()
    {
        var error = Should.Throw<OptionsException>(() => Read("""
            name: a/b
            sed: 1
            seed: x
            stages:
              one: { kind: stf }
              two: { model: stage:on }
              two: { kind: sft }
              three: 5
              "fo ur": { kind: sft }
            """));

        var kinds = string.Join(", ", StageKinds.All);
        error.Problems.Select(p => p.ToString()).ShouldBe([
            "p.yaml:1: the name 'a/b' cannot be a folder's; use letters, digits, '-', '_' and '.'",
            "p.yaml:2: unknown key 'sed'; did you mean 'seed'?",
            "p.yaml:3: 'seed' is 'x'; it must be a whole number",
            $"p.yaml:5: stage 'one' is of the unknown kind 'stf'; kinds: {kinds}; did you mean 'sft'?",
            "p.yaml:6: 'model' of stage 'two' names stage 'on', which the pipeline does not have; did you mean 'one'?",
            $"p.yaml:6: stage 'two' has no kind; kinds: {kinds}",
            "p.yaml:7: stage 'two' is given twice (first in line 6); give one another name",
            "p.yaml:8: stage 'three' is '5'; it must be a mapping with 'kind' and options",
            "p.yaml:9: the stage name 'fo ur' cannot be a folder's; use letters, digits, '-', '_' and '.'",
        ]);
    }

    [Theory]
    [InlineData("stages: { a: { kind: sft, model: stage:b }, b: { kind: sft } }", "'model' of stage 'a' names stage 'b', which comes later (line 1); move it above")]
    [InlineData("stages: { a: { kind: sft, model: stage:a } }", "'model' of stage 'a' names stage 'a', and so waits for itself: a -> a; break the circle")]
    [InlineData("stages: { a: { kind: evaluate }, b: { kind: sft, model: stage:a } }", "'model' of stage 'b' names stage 'a', which is of kind 'evaluate' and makes no model")]
    [InlineData("stages: { a: { kind: evaluate }, b: { kind: sft, train: [stage:a/../x] } }", "'train[0]' of stage 'b' names stage 'a' with '../x', which is no file or folder of its output; write stage:NAME/FILE")]
    [InlineData("name: x", "'stages' is missing or empty; it must be a mapping of stage names, each to a mapping with 'kind' and options")]
    public void Read_BadGraph_SaysWhy(string yaml, string message) =>
        Should.Throw<OptionsException>(() => Read(yaml)).Message.ShouldBe($"p.yaml:1: {message}");

    [Fact]
    public void Read_FileOfAStage_IsAReference()
    {
        var stage = Read("stages: { a: { kind: label-resolve }, b: { kind: sft, model: m, train: [stage:a/preferences.jsonl] } }").Stages[1];

        var reference = stage.References.ShouldHaveSingleItem();
        (reference.Option, reference.Stage, reference.Result, reference.PathIn("runs/r")).ShouldBe(("train[0]", "a", "preferences.jsonl", "runs/r/a/preferences.jsonl"));
    }

    [Fact]
    public void Read_Cycle_ShowsTheWay()
    {
        var error = Should.Throw<OptionsException>(() => Read("""
            stages:
              a: { kind: sft, model: stage:c }
              b: { kind: sft, model: stage:a }
              c: { kind: sft, model: stage:b }
            """));

        error.Problems.Count.ShouldBe(3);
        error.Problems[0].ToString().ShouldBe("p.yaml:2: 'model' of stage 'a' names stage 'c', and so waits for itself: a -> c -> b -> a; break the circle");
    }

    [Fact]
    public void Read_Assignment_NeedsAStage()
    {
        var root = OptionsYaml.ParseMapping("stages: { s: { kind: sft, model: m } }", "p.yaml");

        PipelineFile.Read(root, ["s.model=n"]).Stages[0].Node["model"]!.Scalar.ShouldBe("n");
        Should.Throw<OptionsException>(() => PipelineFile.Read(root, ["t.model=n"])).Message
            .ShouldBe("--set t.model=n: must begin with a stage's name, as STAGE.key=value; stages: s");
    }

    [Theory]
    [InlineData("dpo", null, "p.yaml: has no stage of kind 'dpo'; its stages: a (sft), b (sft), r (reward)")]
    [InlineData("sft", null, "p.yaml: has 2 stages of kind 'sft'; choose one with --stage: a, b")]
    [InlineData("sft", "x", "p.yaml: has no stage 'x'; its stages: a (sft), b (sft), r (reward)")]
    [InlineData("sft", "r", "p.yaml:1: stage 'r' is of kind 'reward', not 'sft'; run it with: alignment reward --config p.yaml --stage r")]
    public void Find_NoSuchStage_SaysWhatThereIs(string kind, string? name, string message)
    {
        var file = Read("stages: { a: { kind: sft }, b: { kind: sft }, r: { kind: reward } }");

        Should.Throw<OptionsException>(() => file.Find(kind, name)).Message.ShouldBe(message);
        file.Find("reward", null).Name.ShouldBe("r");
    }

    private static PipelineFile Read(string yaml) => PipelineFile.Read(OptionsYaml.ParseMapping(yaml, "p.yaml"));
}
