using Alignment.Core.Checkpoints;
using Alignment.Core.Gguf;
using Alignment.Core.Models;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Gguf;

public class GgufExportTests
{
    [Fact]
    public void Write_Llama_HasTheKeysOfItsArchitecture()
    {
        using var folder = new TemporaryFolder();
        using var file = Export(folder, "llama-tiny", GgufType.F16);

        // The values are those of Fixtures/llama-tiny/config.json.
        file.Metadata.Select(pair => $"{pair.Key} = {FormattableString.Invariant($"{pair.Value}")}").ShouldBe(
        [
            "general.architecture = llama", "general.type = model", "general.name = tiny", "general.file_type = 1",
            "llama.vocab_size = 173", "llama.context_length = 64", "llama.embedding_length = 48", "llama.block_count = 2", "llama.feed_forward_length = 80",
            "llama.attention.head_count = 6", "llama.attention.head_count_kv = 3", "llama.attention.key_length = 8", "llama.attention.value_length = 8",
            "llama.attention.layer_norm_rms_epsilon = 1E-05", "llama.rope.dimension_count = 8", "llama.rope.freq_base = 20000",
            "tokenizer.ggml.model = none",
        ]);
        file.Tensors.Values.Select(info => $"{info.Name} {info.TypeName} {string.Join('x', info.Shape)}").ShouldBe(
        [
            "token_embd.weight F16 173x48",
            .. Enumerable.Range(0, 2).SelectMany(layer => new[]
            {
                "attn_k.weight F16 24x48", "attn_norm.weight F32 48", "attn_output.weight F16 48x48", "attn_q.weight F16 48x48", "attn_v.weight F16 24x48",
                "ffn_down.weight F16 48x80", "ffn_gate.weight F16 80x48", "ffn_norm.weight F32 48", "ffn_up.weight F16 80x48",
            }.Select(name => $"blk.{layer}.{name}")),
            "output.weight F16 173x48", "output_norm.weight F32 48",
        ]);
    }

    [Fact]
    public void Write_LlamaQ8_KeepsRowsThatAreNoWholeBlocksInF16()
    {
        using var folder = new TemporaryFolder();
        using var file = Export(folder, "stories260K", GgufType.Q8_0); // 64 wide, 172 inner

        file.Metadata["general.file_type"].ShouldBe(7u);
        file.Metadata["general.quantization_version"].ShouldBe(2u);
        file.Tensors["blk.4.ffn_up.weight"].TypeName.ShouldBe("Q8_0");
        file.Tensors["blk.4.ffn_down.weight"].TypeName.ShouldBe("F16");
        file.Tensors.Keys.ShouldNotContain("output.weight"); // tied
    }

    [Fact]
    public void Write_Llama_NeighbouringRotaryPairsGiveTheScoresOfHalves()
    {
        using var folder = new TemporaryFolder();
        using var file = Export(folder, "llama-tiny", GgufType.F32);
        using var scope = NewDisposeScope();
        using var weights = SafetensorsFolder.Open(Fixture.At("llama-tiny"));
        using var generator = new Generator(2);
        var x = randn([48], generator: generator);
        var y = randn([48], generator: generator);
        const int Size = 8;
        for (var layer = 0; layer < 2; layer++)
        {
            var query = nn.functional.linear(x, weights.Load($"model.layers.{layer}.self_attn.q_proj.weight")).data<float>().ToArray();
            var key = nn.functional.linear(y, weights.Load($"model.layers.{layer}.self_attn.k_proj.weight")).data<float>().ToArray();
            var storedQuery = nn.functional.linear(x, file.Load($"blk.{layer}.attn_q.weight")).data<float>().ToArray();
            var storedKey = nn.functional.linear(y, file.Load($"blk.{layer}.attn_k.weight")).data<float>().ToArray();
            for (var head = 0; head < 6; head++)
            {
                var shared = head / 2;
                var expected = Dot(Rotated(query, head, 11, (i, _) => (i, i + (Size / 2))), Rotated(key, shared, 4, (i, _) => (i, i + (Size / 2))));
                var found = Dot(Rotated(storedQuery, head, 11, (i, _) => (2 * i, (2 * i) + 1)), Rotated(storedKey, shared, 4, (i, _) => (2 * i, (2 * i) + 1)));
                found.ShouldBe(expected, 1e-5);
            }
        }

        // x_a, x_b to x_a cos - x_b sin, x_a sin + x_b cos with the angle position / base^(2i/d) of pair i (Su et al. 2021, arXiv:2104.09864).
        static double[] Rotated(float[] all, int head, int position, Func<int, int, (int A, int B)> pair)
        {
            var own = all.Skip(head * Size).Take(Size).Select(v => (double)v).ToArray();
            var turned = new double[Size];
            for (var i = 0; i < Size / 2; i++)
            {
                var angle = position / Math.Pow(20_000, 2.0 * i / Size);
                var (a, b) = pair(i, Size);
                turned[a] = (own[a] * Math.Cos(angle)) - (own[b] * Math.Sin(angle));
                turned[b] = (own[a] * Math.Sin(angle)) + (own[b] * Math.Cos(angle));
            }

            return turned;
        }

        static double Dot(double[] a, double[] b) => a.Zip(b, (p, q) => p * q).Sum();
    }

    [Fact]
    public void Write_Gpt2_TurnsProjectionsAndKeepsBiases()
    {
        using var folder = new TemporaryFolder();
        using var file = Export(folder, "gpt2-tiny", GgufType.F16);
        using var scope = NewDisposeScope();
        using var weights = SafetensorsFolder.Open(Fixture.At("gpt2-tiny"));
        var prefix = weights.Entries.ContainsKey("wte.weight") ? "" : "transformer.";

        file.Metadata["general.architecture"].ShouldBe("gpt2");
        file.Metadata["gpt2.context_length"].ShouldBe(32u);
        file.Metadata.Keys.ShouldNotContain("gpt2.rope.freq_base");
        file.Tensors["position_embd.weight"].TypeName.ShouldBe("F32");
        file.Tensors["blk.2.attn_qkv.weight"].Shape.ShouldBe([72, 24]);
        file.Tensors["blk.2.attn_qkv.bias"].TypeName.ShouldBe("F32");
        file.Load("blk.2.ffn_down.weight").bytes.SequenceEqual(weights.Load($"{prefix}h.2.mlp.c_proj.weight").t().contiguous().to(ScalarType.Float16).to(ScalarType.Float32).bytes).ShouldBeTrue();
        file.Load("blk.1.attn_qkv.bias").bytes.SequenceEqual(weights.Load($"{prefix}h.1.attn.c_attn.bias").bytes).ShouldBeTrue();
    }

    [Fact]
    public void Write_ScoresScaledByLayer_ScalesTheQueryOnly()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var config = ModelConfig.Load(Fixture.At("gpt2-tiny")) with { ScaleScoresByLayer = true, ScaleScores = false };
        using var plain = Export(folder, "gpt2-tiny", GgufType.F32);
        using var scaled = Export(folder, "gpt2-tiny", GgufType.F32, config, "scaled.gguf");

        // The runtime divides by √6; not dividing is a factor √6, layer 2 divides by 3.
        var factor = Math.Sqrt(6) / 3;
        foreach (var name in new[] { "blk.2.attn_qkv.weight", "blk.2.attn_qkv.bias" })
        {
            var (before, after) = (plain.Load(name), scaled.Load(name));
            (after.narrow(0, 0, 24) - (before.narrow(0, 0, 24) * factor)).abs().max().item<float>().ShouldBeLessThan(1e-6f);
            after.narrow(0, 24, 48).contiguous().bytes.SequenceEqual(before.narrow(0, 24, 48).contiguous().bytes).ShouldBeTrue();
        }
    }

    [Fact]
    public void Write_WeightsThatDoNotFit_ListsThem()
    {
        using var folder = new TemporaryFolder();
        using var weights = SafetensorsFolder.Open(Fixture.At("llama-tiny"));
        var config = ModelConfig.Load(Fixture.At("llama-tiny")) with { InnerWidth = 96, Layers = 3 };
        GgufSource[] sources = [.. GgufSource.Of(weights), new("model.layers.0.extra.weight", [1], () => ones(1))];

        var message = Should.Throw<InvalidDataException>(() => GgufExport.Write(folder["x.gguf"], config, sources, GgufType.F32, "x", [])).Message;

        message.ShouldContain("model.layers.0.extra.weight has no place");
        message.ShouldContain("model.layers.1.mlp.up_proj.weight is [80, 48]");
        message.ShouldContain("blk.2.attn_q.weight are missing");
        File.Exists(folder["x.gguf"]).ShouldBeFalse();
    }

    [Fact]
    public void Write_AnActivationThatTheRuntimeLacks_Refuses()
    {
        using var folder = new TemporaryFolder();
        var config = ModelConfig.Load(Fixture.At("llama-tiny")) with { Activation = ActivationKind.Relu };
        Should.Throw<InvalidDataException>(() => GgufExport.Write(folder["x.gguf"], config, [], GgufType.F32, "x", [])).Message.ShouldContain("its activation is Relu");
    }

    [Fact]
    public void Of_Model_GivesTheSameFileAsItsFolder()
    {
        using var folder = new TemporaryFolder();
        using var stored = Export(folder, "llama-tiny", GgufType.F32);
        using var model = ModelFolder.LoadCausalLm(Fixture.At("llama-tiny"));

        GgufExport.Write(folder["model.gguf"], model.Config, GgufSource.Of(model), GgufType.F32, "tiny", [new("tokenizer.ggml.model", "none")]);

        File.ReadAllBytes(folder["model.gguf"]).ShouldBe(File.ReadAllBytes(folder["x.gguf"]));
    }

    private static GgufFile Export(TemporaryFolder folder, string fixture, GgufType type, ModelConfig? config = null, string file = "x.gguf")
    {
        using var weights = SafetensorsFolder.Open(Fixture.At(fixture));
        GgufExport.Write(folder[file], config ?? ModelConfig.Load(Fixture.At(fixture)), GgufSource.Of(weights), type, "tiny", [new("tokenizer.ggml.model", "none")]);
        return GgufFile.Open(folder[file]);
    }
}
