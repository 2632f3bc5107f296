using Alignment.Core.Checkpoints;
using Alignment.Core.Generation;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Generation;

/// <summary>Tokens drawn by libtorch's operators against <see cref="TokenSampler"/>, which reads the logits.</summary>
public sealed class DeviceSamplerTests : IDisposable
{
    private readonly IDisposable _scope = NewDisposeScope();

    public static TheoryData<SamplingOptions> Options =>
    [
        new SamplingOptions(),
        new SamplingOptions { Temperature = 0 },
        new SamplingOptions { Temperature = 0.7 },
        new SamplingOptions { TopK = 1 },
        new SamplingOptions { TopK = 5 },
        new SamplingOptions { TopK = 5000 },
        new SamplingOptions { TopP = 0.8 },
        new SamplingOptions { MinP = 0.05 },
        new SamplingOptions { TopK = 20, TopP = 0.7 },
        new SamplingOptions { Temperature = 1.3, TopK = 50, TopP = 0.95, MinP = 0.1 },
    ];

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Options))]
    public void Sample_LikeTheHost(SamplingOptions options)
    {
        const int Rows = 400, Vocabulary = 700;
        using var generator = new Generator(3);
        var logits = randn(Rows, Vocabulary, generator: generator) * 3;
        logits.narrow(1, 10, 5).fill_(float.NegativeInfinity);
        logits.narrow(1, 20, 3).fill_(6); // ties
        var uniforms = Enumerable.Range(0, Rows).Select(row => row / (double)Rows).ToArray();
        uniforms[^1] = Math.BitDecrement(1.0);
        var host = new TokenSampler(options);

        var found = new DeviceSampler(options).Sample(logits, uniforms);

        for (var row = 0; row < Rows; row++)
        {
            var (id, logProb) = host.Sample(logits[row].data<float>().ToArray(), [], uniforms[row]);
            found[row].Id.ShouldBe(id, $"row {row}");
            found[row].LogProb.ShouldBe(logProb, 1e-5);
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void Sample_LogitsThatAreNoNumbers_SaysSo(float value)
    {
        var logits = zeros(2, 5);
        logits[1].fill_(value);

        Should.Throw<InvalidDataException>(() => new DeviceSampler(new SamplingOptions()).Sample(logits, [0.5, 0.5])).Message.ShouldContain("diverged");
    }

    [Fact]
    public void Generate_OnTheDevice_SameResponses()
    {
        using var model = ModelFolder.LoadCausalLm(Fixture.At("llama-tiny"));
        var options = new SamplingOptions { MaxNewTokens = 8, TopP = 0.9, StopIds = [2, 30, 31, 32, 33] };
        int[][] prompts = [[1, 5, 9], [1, 7], [1, 5, 9], [1, 11, 12, 13]];
        long[] seeds = [3, 4, 5, 6];

        var expected = new TextGenerator(model, options, maxRows: 2) { UsesTorchOnly = true }.Generate(prompts, seeds);
        var found = new TextGenerator(model, options, maxRows: 2) { UsesTorchOnly = true, SamplesOnDevice = true }.Generate(prompts, seeds);

        found.Select(response => response.Ids).ShouldBe(expected.Select(response => response.Ids));
        found.SelectMany(response => response.LogProbs).Zip(expected.SelectMany(response => response.LogProbs)).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 1e-5);
    }
}
