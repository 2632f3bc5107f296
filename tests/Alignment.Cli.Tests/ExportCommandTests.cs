using Alignment.Core.Checkpoints;
using Alignment.Core.Gguf;
using Alignment.Core.Lora;
using static TorchSharp.torch;

namespace Alignment.Cli.Tests;

/// <summary><c>alignment export</c> on a real trained model of 260 thousand parameters.</summary>
public sealed class ExportCommandTests : IDisposable
{
    private static readonly string Model = Path.Combine(AppContext.BaseDirectory, "Fixtures", "stories260K");

    private readonly string _folder = Directory.CreateTempSubdirectory("alignment-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Export_Gguf_WritesModelAndTokenizer()
    {
        var (code, output, error) = Cli.RunIn(_folder, "export", "--model", Model, "--format", "gguf", "--type", "bf16", "--output", "story.gguf");

        error.ShouldBeEmpty();
        code.ShouldBe(0);
        output.ShouldBe("story.gguf: llama, bf16, 0.5 MB\n");
        using var file = GgufFile.Open(Path.Combine(_folder, "story.gguf"));
        file.Metadata["general.name"].ShouldBe("stories260K");
        file.Metadata["tokenizer.ggml.add_bos_token"].ShouldBe(true);
        file.Strings("tokenizer.ggml.tokens").Length.ShouldBe(512);
        file.Tensors["token_embd.weight"].TypeName.ShouldBe("BF16");

        (code, output, error) = Cli.RunIn(_folder, "inspect", "story.gguf");
        code.ShouldBe(0, error);
        output.ShouldContain("  architecture          llama\n");
        output.ShouldContain("  parameters            260,032\n");
        output.ShouldContain("  tokens                512\n");
        output.ShouldEndWith("\nfor llama.cpp, Ollama and LLamaSharp; training needs a model folder\n");
    }

    [Fact]
    public void Export_AdapterFolder_WritesTheMergedModel()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var adapter = Path.Combine(_folder, "adapter");
        using (var model = ModelFolder.LoadCausalLm(Model))
        {
            model.AddAdapter(new LoraConfig { Rank = 2, BaseModel = Model }, seed: 1);
            foreach (var (name, parameter) in model.named_parameters().Where(item => item.name.Contains("lora_B", StringComparison.Ordinal)))
            {
                parameter.fill_(0.05);
            }

            ModelFolder.Save(model, adapter);
        }

        var (code, output, error) = Cli.RunIn(_folder, "export", "--model", adapter, "--format", "hf", "--output", "merged", "--type", "bf16");

        error.ShouldBeEmpty();
        code.ShouldBe(0);
        output.ShouldBe("merged: llama, BFloat16\n");
        using var expected = ModelFolder.LoadCausalLm(adapter);
        using var merged = ModelFolder.LoadCausalLm(Path.Combine(_folder, "merged"));
        var ids = tensor(new long[] { 1, 403, 407, 261 }, [1, 4]);
        var logits = expected.forward(ids);
        (merged.forward(ids) - logits).abs().max().item<float>().ShouldBeLessThan(0.5f); // 8 bits of mantissa
        using (var plain = ModelFolder.LoadCausalLm(Model))
        {
            (plain.forward(ids) - logits).abs().max().item<float>().ShouldBeGreaterThan(1f);
        }

        File.ReadAllBytes(Path.Combine(_folder, "merged", "tokenizer.json")).ShouldBe(File.ReadAllBytes(Path.Combine(Model, "tokenizer.json")));

        Cli.RunIn(_folder, "export", "--model", adapter, "--format", "gguf", "--output", "merged.gguf", "--type", "bf16").Code.ShouldBe(0);
        using var file = GgufFile.Open(Path.Combine(_folder, "merged.gguf"));
        using var weights = SafetensorsFolder.Open(Path.Combine(_folder, "merged"));
        file.Load("blk.2.attn_v.weight").bytes.SequenceEqual(weights.Load("model.layers.2.self_attn.v_proj.weight").to(ScalarType.Float32).bytes).ShouldBeTrue();
    }

    [Fact]
    public void Export_IntoAFolderWithSomethingInIt_LeavesItAlone()
    {
        File.WriteAllText(Path.Combine(_folder, "mine.txt"), "x");
        var (code, _, error) = Cli.RunIn(_folder, "export", "--model", Model, "--format", "hf", "--output", ".", "--type", "q8_0", "--name", "x");

        code.ShouldBe(2);
        error.ShouldContain("--output . is there already");
        error.ShouldContain("--type q8_0 is for --format gguf");
        error.ShouldContain("--name is for --format gguf");
        Directory.GetFileSystemEntries(_folder).Length.ShouldBe(1);
    }

    [Theory]
    [InlineData(2, "Argument 'q4_0' not recognized", "--model", "M", "--format", "gguf", "--type", "q4_0", "--output", "x.gguf")]
    [InlineData(2, "Option '--output' is required", "--model", "M", "--format", "gguf")]
    [InlineData(3, "nowhere", "--model", "nowhere", "--format", "gguf", "--output", "x.gguf")]
    [InlineData(3, "absent", "--model", "M", "--format", "gguf", "--output", "absent/x.gguf")]
    public void Export_BadArguments_SayWhatAndLeaveNothing(int exitCode, string message, params string[] arguments)
    {
        var (code, _, error) = Cli.RunIn(_folder, ["export", .. arguments.Select(argument => argument == "M" ? Model : argument)]);

        error.ShouldContain(message);
        code.ShouldBe(exitCode);
        Directory.GetFileSystemEntries(_folder).ShouldBeEmpty();
    }
}
