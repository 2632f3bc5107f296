using Alignment.Core.Checkpoints;
using Alignment.Core.Lora;
using Alignment.Core.Models;
using Alignment.Data.Tokenization;
using Alignment.Tests;

namespace Alignment.Sft.Tests;

public sealed class SftLoraTests
{
    private const string Stages = """
          first:
            kind: sft
            model: ROOT/base
            train: [ROOT/pairs.jsonl]
            data: { template: chatml, max_length: 96 }
            training: { max_steps: 24, batch_size: 4, learning_rate: 0.01, log_every: 1, save_every: 2, lora: { rank: 4, dropout: 0.1, dora: true } }
          second:
            kind: sft
            model: ROOT/first/model
            train: [ROOT/pairs.jsonl]
            data: { template: chatml, max_length: 96 }
            training: { max_steps: 3, batch_size: 4, learning_rate: 0.01, lora: { rank: 2, target_modules: [q_proj, v_proj], rslora: true } }
          merged:
            kind: sft
            model: ROOT/first/model
            train: [ROOT/pairs.jsonl]
            data: { template: chatml, max_length: 96 }
            training: { max_steps: 3, batch_size: 4, learning_rate: 0.01, merge_adapter: true, lora: { rank: 2, target_modules: [q_proj, v_proj], rslora: true } }

        """;

    [Fact]
    public void Run_KilledAndResumed_LeavesTheSameAdapter_OnWhichAnotherIsTrained()
    {
        using var run = new TinyRun(Stages);
        TinyLlama.Write(run.At("base"), run.At("tokenizer"), layers: 2, maxPositions: 128, seed: 1);
        run.Run("first", runFolder: run.At("whole")).ExitCode.ShouldBe(0);
        for (var attempt = 0; attempt < 3; attempt++)
        {
            run.Run("first", TimeSpan.FromMilliseconds(1000 + (200 * attempt)));
        }

        var (code, error) = run.Run("first");
        code.ShouldBe(0, error);

        // The adapter, and nothing else, is trained, checkpointed and written.
        foreach (var name in new[] { AdapterFolder.WeightsFile, ModelConfig.FileName })
        {
            File.ReadAllBytes(run.At("first", "model", name)).ShouldBe(File.ReadAllBytes(run.At("whole", "first", "model", name)), name);
        }

        TinyRun.Metrics(run.At("first")).ShouldBe(TinyRun.Metrics(run.At("whole", "first")));
        File.Exists(run.At("first", "model", SafetensorsFolder.SingleFile)).ShouldBeFalse();
        using (var checkpoint = SafetensorsFile.Open(run.At("first", "checkpoints", "step-00000024", "model.safetensors")))
        {
            checkpoint.Entries.Count.ShouldBe(2 * 7 * 3);
            checkpoint.Entries.Keys.ShouldAllBe(name => name.Contains("lora_"));
        }

        // The next stage trains on the merged weights; its adapter names the first one's folder as its base. PEFT writes no tokenizer: the base's counts.
        TokenizerFiles(run).ForEach(name => File.Delete(run.At("first", "model", name)));
        (code, error) = run.Run("second");
        code.ShouldBe(0, error);
        AdapterFolder.Chain(run.At("second", "model")).Count.ShouldBe(3);
        AdapterFolder.BaseOf(run.At("second", "model")).ShouldBe(run.At("first", "model"));
        TokenizerFiles(run).ShouldAllBe(name => File.Exists(run.At("second", "model", name)));

        // Written whole it is the same model.
        (code, error) = run.Run("merged");
        code.ShouldBe(0, error);
        AdapterFolder.Is(run.At("merged", "model")).ShouldBeFalse();
        using var chained = ModelFolder.LoadCausalLm(run.At("second", "model"));
        using var whole = ModelFolder.LoadCausalLm(run.At("merged", "model"));
        foreach (var (name, weight) in ModelWeights.Of(whole))
        {
            using var difference = (ModelWeights.Of(chained)[name] - weight).abs().max();
            ((double)difference).ShouldBeLessThan(1e-5, name);
        }

        // A changed base makes its adapter another input.
        run.Run("second").Error.ShouldContain("is done");
        using (var other = ModelFolder.LoadCausalLm(run.At("base")))
        {
            using var noGrad = TorchSharp.torch.no_grad();
            other.OutputWeight.add_(0.1);
            ModelFolder.Save(other, run.At("base"), new() { CopyTokenizer = TextTokenizer.Load(run.At("tokenizer")).CopyTo });
        }

        run.Run("second").Error.ShouldNotContain("is done:");
    }

    [Fact]
    public void Run_QuantizedAndCheckpointed_IsTheSameRunAsWithoutCheckpoints()
    {
        using var run = new TinyRun(Stages.Replace("dora: true }", "dora: true }, quantization: nf4"));
        TinyLlama.Write(run.At("base"), run.At("tokenizer"), layers: 2, maxPositions: 128, seed: 1);
        run.Run("first").ExitCode.ShouldBe(0);
        File.WriteAllText(run.At("pipeline.yaml"), File.ReadAllText(run.At("pipeline.yaml")).Replace("quantization: nf4", "quantization: nf4, gradient_checkpointing: true"));
        var (code, error) = run.Run("first", runFolder: run.At("checkpointed"));
        code.ShouldBe(0, error);

        File.ReadAllBytes(run.At("checkpointed", "first", "model", AdapterFolder.WeightsFile)).ShouldBe(File.ReadAllBytes(run.At("first", "model", AdapterFolder.WeightsFile)));
        using var file = SafetensorsFile.Open(run.At("first", "model", AdapterFolder.WeightsFile));
        file.Metadata["base_quantization"].ShouldBe("nf4");
    }

    [Theory]
    [InlineData("rank: 4", "rank: 0", "training.lora.rank is 0")]
    [InlineData("rank: 4", "target_modules: [q_prj]", "target module 'q_prj' is not among its projections (q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj)")]
    [InlineData("lora: { rank: 4, dropout: 0.1, dora: true }", "quantization: nf4", "quantization is nf4, but there is no lora")]
    [InlineData("lora: { rank: 4, dropout: 0.1, dora: true }", "merge_adapter: true", "merge_adapter is true, but there is no lora")]
    public void Run_BadOptions_SaysWhat(string good, string bad, string message)
    {
        using var run = new TinyRun(Stages.Replace(good, bad));
        TinyLlama.Write(run.At("base"), run.At("tokenizer"), layers: 2, maxPositions: 128, seed: 1);

        var (code, error) = run.Run("first");

        code.ShouldBe(2, error);
        error.ShouldContain(message);
    }

    private static List<string> TokenizerFiles(TinyRun run) => [.. Directory.GetFiles(run.At("tokenizer")).Select(file => Path.GetFileName(file)!)];
}
