using Alignment.Training.Options;
using Alignment.Training.Pipelines;

namespace Alignment.Training.Tests.Pipelines;

public sealed class PipelineRoundsTests
{
    private const string Iterated = """
        stages:
          sft: { kind: sft }
          iterate:
            kind: rounds
            times: 3
            start: { dpo: stage:sft }
            stages:
              answers: { kind: label-export, model: stage:previous:dpo, prompts: [prompts-$round.jsonl], seed: 1$round }
              dpo: { kind: dpo, model: stage:previous:dpo, train: [stage:answers/pairs.jsonl] }
          evaluate: { kind: evaluate, models: { sft: stage:sft, one: stage:dpo-1, last: stage:last:dpo } }
        """;

    [Fact]
    public void Read_Rounds_WritesThemOutWithTheirEdges()
    {
        var file = Read(Iterated);

        file.Blocks.ShouldBe(["iterate"]);
        file.Stages.Select(s => s.Name).ShouldBe(["sft", "answers-1", "dpo-1", "answers-2", "dpo-2", "answers-3", "dpo-3", "evaluate"]);
        file.Stages.Select(s => s.Round?.Round).ShouldBe([null, 1, 1, 2, 2, 3, 3, null]);
        file.Stages[1].References.Select(r => (r.Option, r.Stage, r.Result)).ShouldBe([("model", "sft", null)]);
        file.Stages[2].References.Select(r => (r.Option, r.Stage, r.Result)).ShouldBe([("model", "sft", null), ("train[0]", "answers-1", "pairs.jsonl")]);
        file.Stages[5].References.Select(r => (r.Option, r.Stage, r.Result)).ShouldBe([("model", "dpo-2", null)]);
        file.Stages[6].References.Select(r => (r.Option, r.Stage, r.Result)).ShouldBe([("model", "dpo-2", null), ("train[0]", "answers-3", "pairs.jsonl")]);
        file.Stages[7].References.Select(r => r.Stage).ShouldBe(["sft", "dpo-1", "dpo-3"]);
        (file.Stages[3].Node["prompts"]!.Items![0].Scalar, file.Stages[3].Seed, file.Stages[3].Line).ShouldBe(("prompts-2.jsonl", 12L, 8));
    }

    [Fact]
    public void Read_PreviousFile_StandsForAFileOfTheStart()
    {
        var file = Read("""
            stages:
              first: { kind: label-resolve }
              loop:
                kind: rounds
                times: 2
                start: { rows: stage:first, more: data/start }
                stages:
                  rows: { kind: label-resolve, train: [stage:previous:rows/a.jsonl, stage:previous:more/b.jsonl] }
                  more: { kind: label-resolve }
            """);

        file.Stages[1].Node["train"]!.Items!.Select(item => item.Scalar).ShouldBe(["stage:first/a.jsonl", "data/start/b.jsonl"]);
        file.Stages[3].Node["train"]!.Items!.Select(item => item.Scalar).ShouldBe(["stage:rows-1/a.jsonl", "stage:more-1/b.jsonl"]);
    }

    [Fact]
    public void Read_Assignments_ChangeTheBlockAStageOfItOrOneRound()
    {
        var root = OptionsYaml.ParseMapping(Iterated, "p.yaml");

        var file = PipelineFile.Read(root, ["iterate.times=2", "iterate.stages.dpo.beta=0.3", "dpo-2.beta=0.5", "evaluate.x=1"]);

        file.Stages.Where(s => s.Kind == "dpo").Select(s => s.Node["beta"]!.Scalar).ShouldBe(["0.3", "0.5"]);
        file.Stages[^1].References[^1].Stage.ShouldBe("dpo-2");
        PipelineFile.Read(root, ["iterate.times=2", "beta=0.5"], "dpo-2").Stages[4].Node["beta"]!.Scalar.ShouldBe("0.5");
        Should.Throw<OptionsException>(() => PipelineFile.Read(root, ["dpo.beta=1"])).Message
            .ShouldBe("--set dpo.beta=1: must begin with a stage's name, as STAGE.key=value; stages: sft, answers-1, dpo-1, answers-2, dpo-2, answers-3, dpo-3, evaluate, iterate");
    }

    [Theory]
    [InlineData("times: 0, stages: { a: { kind: sft } }", "'times' of the rounds 'r' is '0'; it must be a whole number from 1 to 100")]
    [InlineData("times: 1000000000, stages: { a: { kind: sft } }", "'times' of the rounds 'r' is '1000000000'; it must be a whole number from 1 to 100")]
    [InlineData("stages: { a: { kind: sft } }", "'times' of the rounds 'r' is missing; it must be a whole number from 1 to 100")]
    [InlineData("times: 2", "'stages' of the rounds 'r' is missing or empty; it must be a mapping of stage names, as in the pipeline itself")]
    [InlineData("times: 2, time: 3, stages: { a: { kind: sft } }", "unknown key 'time' of the rounds 'r'; did you mean 'times'?")]
    [InlineData("times: 2, start: { b: x }, stages: { a: { kind: sft } }", "'start' of the rounds 'r' names 'b', which is no stage of the block; its stages: a")]
    [InlineData("times: 2, start: x, stages: { a: { kind: sft } }", "'start' of the rounds 'r' is 'x'; it must be a mapping of stages of the block to what stands for them before round 1, such as dpo: stage:sft")]
    [InlineData("times: 2, start: { a: }, stages: { a: { kind: sft } }", "'start.a' of the rounds 'r' is empty; it must be stage:NAME or a path")]
    [InlineData("times: 2, stages: { a: { kind: rounds } }", "'a' is a block of rounds in the rounds 'r'; rounds cannot hold rounds")]
    [InlineData("times: 2, stages: { a: { kind: sft, model: stage:previous:a } }", "'stage:previous:a' has nothing to name in round 1; say what stands for it in the rounds 'r': start: { a: stage:NAME }")]
    [InlineData("times: 2, stages: { answer: { kind: sft, model: stage:previous:answr } }", "'stage:previous:answr' names 'answr', which is no stage of the rounds 'r'; did you mean 'answer'?")]
    [InlineData("times: 2, stages: { a: { kind: sft, model: stage:b }, b: { kind: sft } }", "'model' of stage 'a-1' names stage 'b-1', which comes later (line 3); move it above, or write stage:previous:b for that of the round before")]
    [InlineData("times: 2, stages: { a: { kind: stf } }", "stage 'a-1' is of the unknown kind 'stf'; kinds: ")]
    [InlineData("times: 2, stages: { a: 5 }", "stage 'a-1' is '5'; it must be a mapping with 'kind' and options")]
    public void Read_BadRounds_SaysWhyOnceAndWhere(string block, string message)
    {
        var problem = Should.Throw<OptionsException>(() => Read($"stages:\n  r:\n    {{ kind: rounds, {block} }}\n")).Problems.ShouldHaveSingleItem();

        problem.ToString().ShouldStartWith("p.yaml:");
        problem.Line.ShouldBeInRange(2, 3);
        problem.Message.ShouldStartWith(message);
    }

    [Theory]
    [InlineData("a: { kind: sft, model: stage:previous:a }", "'stage:previous:a' stands outside a block of rounds, where no round is before another; write stage:last:NAME for the last round's result")]
    [InlineData("a: { kind: sft, model: stage:last:b }", "'stage:last:b' names 'b', which is no stage of a block of rounds above; there is no such block")]
    [InlineData("r: { kind: rounds, times: 1, stages: { a: { kind: sft } } }, b: { kind: sft, model: stage:last:c }", "'stage:last:c' names 'c', which is no stage of a block of rounds above; stages of rounds: a")]
    [InlineData("a-2: { kind: sft }, r: { kind: rounds, times: 2, stages: { a: { kind: sft } } }", "stage 'a-2' is given twice (first in line 1); give one another name")]
    [InlineData("r: { kind: rond }", "stage 'r' is of the unknown kind 'rond'; kinds: ")]
    public void Read_BadReferenceToRounds_SaysWhy(string stages, string message)
    {
        var problem = Should.Throw<OptionsException>(() => Read($"stages: {{ {stages} }}")).Problems.ShouldHaveSingleItem();
        problem.ToString().ShouldStartWith($"p.yaml:1: {message}");
    }

    private static PipelineFile Read(string yaml) => PipelineFile.Read(OptionsYaml.ParseMapping(yaml, "p.yaml"));
}
