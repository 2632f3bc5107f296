using Alignment.Core.Checkpoints;
using Alignment.Core.Generation;
using Alignment.Core.Models;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Generation;

public class SamplingModelTests
{
    private static readonly int[][] Prompts = [[5, 9, 4, 6, 7, 8, 20], [7], [5, 9, 4], [5, 9, 4, 6, 7, 8, 20]];
    private static readonly long[] Seeds = [1, 2, 3, 4];
    private static readonly SamplingOptions Options = new() { MaxNewTokens = 9, StopIds = [4] };

    public static TheoryData<string> Families { get; } =
    [
        "gemma3", "gpt-neox", "gpt2-variant", "llama-biases-tied", "llama-yarn", "olmo2", "opt", "opt-no-final-norm", "phi", "phi3", "qwen3", "llama-dynamic", "phi3-longrope", "opt-post-norm",
    ];

    [Theory]
    [MemberData(nameof(Families))]
    public void Load_EveryFamily_SameTextAndLogProbsAsTheWholeModel(string family)
    {
        var folder = Fixture.At("families", family);
        foreach (var type in (ScalarType[])[ScalarType.Float32, ScalarType.BFloat16])
        {
            using var whole = ModelFolder.LoadCausalLm(folder, computeType: type);
            using var only = ModelFolder.LoadForSampling(folder, computeType: type);
            Expect(new TextGenerator(only, Options, maxRows: 2), new TextGenerator(whole, Options, maxRows: 2));
        }
    }

    [Fact]
    public void Load_WhereTorchsOperatorsAreNeeded_IsThePlainModel()
    {
        using var packed = ModelFolder.LoadForSampling(Fixture.At("llama-tiny"));
        (packed.Plain is null, packed.Weights is null).ShouldBe((true, false));
        using var plain = ModelFolder.LoadForSampling(Fixture.At("families", "llama-dynamic"));
        (plain.Plain is null, plain.Weights is null).ShouldBe((false, true));
    }

    [Fact]
    public void Create_TheSameSeed_SameTextAsTheWholeModel()
    {
        var config = ModelConfig.Load(Fixture.At("llama-tiny"));
        using var whole = ModelFolder.CreateCausalLm(config, seed: 5);
        using var only = ModelFolder.CreateForSampling(config, seed: 5);
        Expect(new TextGenerator(only, Options), new TextGenerator(whole, Options));
    }

    [Fact]
    public void Load_AWeightIsMissing_IsReportedAsForTheWholeModel()
    {
        using var folder = new TemporaryFolder();
        var source = Fixture.At("llama-tiny");
        File.Copy(Path.Combine(source, "model.safetensors"), Path.Combine(folder.Path, "model.safetensors"));
        var config = File.ReadAllText(Path.Combine(source, "config.json"));
        File.WriteAllText(Path.Combine(folder.Path, "config.json"), config.Replace("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3", StringComparison.Ordinal));

        var expected = Should.Throw<InvalidDataException>(() => ModelFolder.LoadCausalLm(folder.Path)).Message;
        Should.Throw<InvalidDataException>(() => ModelFolder.LoadForSampling(folder.Path)).Message.ShouldBe(expected);
        expected.ShouldContain("missing: model.layers.2.");
    }

    [Fact]
    public void Dispose_LeavesNoTensorBehind()
    {
        ModelFolder.LoadForSampling(Fixture.At("llama-tiny")).Dispose();
        var before = Tensor.TotalCount;
        ModelFolder.LoadForSampling(Fixture.At("llama-tiny")).Dispose();
        Tensor.TotalCount.ShouldBeLessThanOrEqualTo(before); // less, where the garbage collector found an older one
    }

    [Fact]
    public void Load_Packed_KeepsNoTensorsButTheTokenVectors()
    {
        ModelFolder.LoadForSampling(Fixture.At("llama-tiny")).Dispose();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;
        using var model = ModelFolder.LoadForSampling(Fixture.At("llama-tiny"));
        (Tensor.TotalCount - before).ShouldBeLessThan(6); // the embedding, the last norm, angles
    }

    private static void Expect(TextGenerator actual, TextGenerator expected)
    {
        var responses = actual.Generate(Prompts, Seeds);
        foreach (var (response, other) in responses.Zip(expected.Generate(Prompts, Seeds)))
        {
            response.Ids.ShouldBe(other.Ids);
            response.LogProbs.ShouldBe(other.LogProbs);
            response.Finish.ShouldBe(other.Finish);
        }
    }
}
