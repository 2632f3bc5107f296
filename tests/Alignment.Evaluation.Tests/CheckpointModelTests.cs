using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Data.Tokenization;
using Alignment.Training.Loops;
using Alignment.Training.Options;
using Alignment.Training.Runs;
using Serilog.Core;
using static TorchSharp.torch;

namespace Alignment.Evaluation.Tests;

/// <summary>Checkpoints of runs as models of an evaluation.</summary>
public sealed class CheckpointModelTests : IDisposable
{
    private const string Options = """
            models: { sft: ROOT/a, other: ROOT/b }
            checkpoints: { ppo: ROOT/run/ppo/checkpoints }
            prompts: [ROOT/prompts.jsonl]
            rewards: [{ kind: contains_answer, name: correct, candidates_column: candidates }]
            reward_model: ROOT/reward
            held_out_reward_model: ROOT/reward
            best_of: 4
            data: { max_length: 48 }
            sampling: { max_new_tokens: 8 }

        """;

    private readonly TinyRun _run = new(Options);

    public void Dispose() => _run.Dispose();

    [Fact]
    public void Evaluate_Checkpoints_AreComparedLikeTheModelsThatTheyHold()
    {
        SaveRun("a", ("a", 2), ("b", 10));

        var (code, text) = _run.Run();

        code.ShouldBe(0, text);
        var results = _run.Results();
        var models = results["models"]!.AsObject();
        models.Select(model => model.Key).ShouldBe(["sft", "other", "ppo@2", "ppo@10"]);
        models["ppo@2"]!.ToJsonString().ShouldBe(models["sft"]!.ToJsonString());
        models["ppo@10"]!.ToJsonString().ShouldBe(models["other"]!.ToJsonString());
        models["other"]!["held_out_reward"]!.ToJsonString().ShouldBe(models["other"]!["reward"]!.ToJsonString());
        results["overoptimization"]!["points"]!.AsArray().Select(point => $"{point!["model"]} {point["run"]}").ShouldBe(
            ["sft ", "other ", "ppo@2 ppo", "ppo@10 ppo", "best of 1 best-of-n", "best of 2 best-of-n", "best of 4 best-of-n"]);
        ((double)results["overoptimization"]!["points"]![3]!["sqrt_kl"]!).ShouldBe(Math.Sqrt(2 * HandMade.Logit), 1e-3);
        ((double)results["overoptimization"]!["points"]![6]!["kl"]!).ShouldBe(Math.Log(4) - 0.75, 1e-12);
        File.ReadAllText(_run.Output("report.md")).ShouldContain("## Over-optimisation");
        File.ReadAllText(_run.Output("report.html")).ShouldContain("√KL from sft");

        // A second time nothing is computed; a further checkpoint computes itself only, with the same numbers for the others.
        _run.Run().Text.ShouldContain("is done: same options");
    }

    [Fact]
    public void Load_CheckpointOfAnAdapter_IsTheTrainedModel()
    {
        var tokenizer = TextTokenizer.Load(_run.At("tokenizer"));
        HandMade.Random(7, tokenizer, _run.At("wild"));
        var lora = new LoraOptions { Rank = 2, Alpha = 4, Dropout = 0 };
        using var trained = ModelFolder.LoadCausalLm(_run.At("wild"));
        trained.AddAdapter(lora.ToConfig(_run.At("wild")), seed: 5);
        using (no_grad())
        {
            foreach (var parameter in trained.parameters().Where(parameter => parameter.requires_grad))
            {
                parameter.fill_(0.2);
            }
        }

        Save("wild", new JsonObject { ["lora"] = OptionsJson.Write(lora) }, 3, trained);

        var checkpoint = CheckpointModel.Of(_run.At("run", "ppo", "checkpoints"), Logger.None).ShouldHaveSingleItem();
        using var loaded = checkpoint.Load(CPU, ScalarType.Float32);

        PromptedResponse[] rows = [new([5, 6, 7], [8, 9])];
        double[] Of(CausalLm model) => ResponseScores.LogProbs(model, rows, 1, 1, default);
        Of(loaded).ShouldBe(Of(trained));
        using var plain = ModelFolder.LoadCausalLm(_run.At("wild"));
        Math.Abs(Of(loaded)[0] - Of(plain)[0]).ShouldBeGreaterThan(1e-3);
    }

    [Fact]
    public void Of_FoldersThatHoldNoPolicy_AreRefused()
    {
        Refusal(_run.At("run", "nothing", "checkpoints")).ShouldContain("there is no manifest.json beside it");

        SaveRun("a", ("a", 1));
        var folder = _run.At("run", "ppo", "checkpoints");
        (StageManifest.TryLoad(_run.At("run", "ppo"))! with { Kind = "reward" }).Save(_run.At("run", "ppo"));
        Refusal(folder).ShouldContain("checkpoints of a reward model");

        SaveRun("gone", ("a", 1));
        Refusal(folder).ShouldContain("the model that the run began with");
    }

    private static string Refusal(string folder) => Should.Throw<InvalidDataException>(() => CheckpointModel.Of(folder, Logger.None)).Message;

    private void SaveRun(string begun, params (string Model, long Step)[] checkpoints)
    {
        foreach (var (model, step) in checkpoints)
        {
            using var loaded = ModelFolder.LoadCausalLm(_run.At(model));
            Save(begun, [], step, loaded);
        }
    }

    private void Save(string begun, JsonObject training, long step, CausalLm model)
    {
        var stage = _run.At("run", "ppo");
        Directory.CreateDirectory(stage);
        var manifest = StageManifest.Begin("ppo", "ppo", new JsonObject { ["model"] = _run.At(begun), ["training"] = training }, 1, []);
        manifest.Save(stage);
        new CheckpointStore(Path.Combine(stage, "checkpoints"), manifest.Fingerprint, Logger.None, keepLast: 9)
            .Save(step, [CheckpointParts.Module("model.safetensors", model)], []);
    }
}
