using Alignment.Core.Checkpoints;
using Alignment.Core.Lora;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Models;

/// <summary>Every family where values cannot be read, as on a GPU nobody should: forward and backward passes, what is asked of the vocabulary, gradients.</summary>
public sealed class MetaDeviceTests : IDisposable
{
    private const int Rows = 3, Time = 12;

    private readonly IDisposable _scope = NewDisposeScope();

    public static TheoryData<string> Names => FamilyCase.Names;

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Run_FailsWhereAGpuWouldWaitOrRefuse()
    {
        var there = zeros(3, device: MetaDevice.Device);

        MetaDevice.Run(() => (there + 1).sum().sqrt()).ShouldBe(0);
        MetaDevice.Run(() => zeros(3).SentTo(MetaDevice.Device)).ShouldBe(1);
        Should.Throw<ShouldAssertException>(() => MetaDevice.Run(() => zeros(3).to(MetaDevice.Device))).Message.ShouldContain("waited for");
        Should.Throw<ShouldAssertException>(() => MetaDevice.Run(() => there.unsqueeze(0).mm(zeros(3, 1)))).Message.ShouldContain("aten::mm is given");
        Should.Throw<Exception>(() => MetaDevice.Run(() => there.sum().ToDouble()));
        Should.Throw<Exception>(() => MetaDevice.Run(() => there.cpu()));
        Should.Throw<Exception>(() => MetaDevice.Run(() => there[there > 0].sum()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Step_WithMetrics_ReadsNothingBack(string name)
    {
        foreach (var type in new[] { ScalarType.Float32, ScalarType.BFloat16 })
        {
            using var model = MetaDevice.CausalLm(Config(name), type);
            model.train();

            Step(model).ShouldBe(1);

            CheckGradients(model);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Step_WithDropoutAndCheckpoints_ReadsNothingBack(string name)
    {
        // Each family has dropout at some of these places only.
        var config = Config(name) with { AttentionDropout = 0.1 };
        foreach (var more in new[] { config with { ResidualDropout = 0.1 }, config with { EmbeddingDropout = 0.1 } })
        {
            config = ModelConfigProblems.Of(more).Any() ? config : more;
        }

        using var model = MetaDevice.CausalLm(config);
        model.train();
        model.GradientCheckpointing = true;

        Step(model);

        CheckGradients(model);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Step_OfRowsWithSeveralSequences_ReadsNothingBack(string name)
    {
        using var model = MetaDevice.CausalLm(Config(name));

        Step(model, [0, 5, 12, 24, 30]).ShouldBeInRange(2, 4); // ids with targets, the tokens' places, angles of one or two kinds

        CheckGradients(model);
    }

    [Theory]
    [InlineData("llama-linear", false)]
    [InlineData("gpt2-variant", true)]
    [InlineData("gemma2", true)]
    [InlineData("gpt-neox", true)]
    public void Step_WithAnAdapter_ReadsNothingBack(string name, bool dora)
    {
        using var model = MetaDevice.CausalLm(Config(name), ScalarType.BFloat16);
        model.AddAdapter(new LoraConfig { Rank = 2, Dropout = 0.1, Dora = dora }, 1);
        model.train();

        Step(model);

        CheckGradients(model);
    }

    [Theory]
    [InlineData(Quantization.Int8)]
    [InlineData(Quantization.Nf4)]
    public void Step_OverAQuantizedBase_ReadsNothingBack(Quantization quantization)
    {
        using var model = ModelFolder.LoadCausalLm(Fixture.At("families", "qwen2"), MetaDevice.Device, ScalarType.BFloat16, quantization);
        model.AddAdapter(new LoraConfig { Rank = 2 }, 1);
        model.train();

        Step(model).ShouldBe(1);

        CheckGradients(model);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Hidden_OfPaddedRowsAndWithACache_ReadsNothingBack(string name)
    {
        using var noGrad = no_grad();
        using var model = MetaDevice.CausalLm(Config(name), ScalarType.BFloat16);
        using var cache = model.CreateCache(Rows, Time);
        var real = arange(Time).unsqueeze(0) >= tensor(new long[] { 0, 4, 2 }).unsqueeze(1); // on the CPU, as are the positions
        var counted = (real.to(ScalarType.Int64).cumsum(1) - 1).masked_fill(real.logical_not(), -1);

        MetaDevice.Run(() =>
        {
            var ids = zeros(Rows, Time, dtype: ScalarType.Int64, device: model.Device);
            foreach (var mask in new[] { real, real.flip(1), real.SentTo(model.Device) })
            {
                model.Hidden(ids, mask).shape.ShouldBe([Rows, Time, model.Config.TokenWidth]);
            }

            model.Hidden(ids, real, counted);
            model.Hidden(ids, positions: counted.clamp(min: (Scalar)0));
            foreach (var (time, counts) in new (long, int[]?)[] { (5, [5, 2, 3]), (1, null), (2, null) })
            {
                var logits = model.Logits(model.Hidden(ids.narrow(1, 0, time), cache, counts));
                logits.shape.ShouldBe([Rows, time, model.Config.VocabularySize]);
            }
        });
    }

    [Fact]
    public void ScalarHead_ReadsNothingBack()
    {
        using var model = MetaDevice.ScalarHead(Config("qwen2"));
        model.train();

        MetaDevice.Run(() =>
        {
            var ids = Devices.Send(model.Device, new long[Rows * Time])[0].view(Rows, Time);
            var scores = model.Scores(ids, [3, Time, 5]);
            (model.Normalize(scores).sum() + model.ValuesAt(ids, [1, 7, 20]).sum() + model.Values(ids).mean()).backward();
        }).ShouldBe(4); // ids, two lists of places, the angles of the first time

        CheckGradients(model);
    }

    [Fact]
    public void Classifier_OfAnEncoder_ReadsNothingBack()
    {
        using var model = MetaDevice.Classifier(ModelConfig.Load(Fixture.At("bert-tiny")), LabelSet.Numbered(3, ProblemType.SingleLabel));
        model.train();
        model.GradientCheckpointing = true;
        var real = arange(Time).unsqueeze(0) < tensor(new long[] { 12, 4, 6 }).unsqueeze(1);

        MetaDevice.Run(() => model.Logits(zeros(Rows, Time, dtype: ScalarType.Int64, device: model.Device), real, segments: zeros_like(real, ScalarType.Int64)).sum().backward());

        CheckGradients(model);
    }

    private static ModelConfig Config(string name) => ModelConfig.Load(Fixture.At("families", name));

    /// <summary>A batch of right-padded rows to log-probs, metrics and gradients, twice, as two micro-batches; what the second sends to the device.</summary>
    private static long Step(CausalLm model, int[]? starts = null)
    {
        Once();
        return Once();

        long Once() => MetaDevice.Run(() =>
        {
            var places = Enumerable.Range(0, Rows * Time).Where(place => place % Time is > 1 and < Time - 2).Select(place => (long)place).ToArray();
            var batch = TargetBatch.Of(new long[Rows * Time], Rows, Time, places, new long[places.Length], model.Device, starts);
            var hidden = batch.Hidden(model);
            var scores = batch.Score(model, hidden, 0.7);
            scores.Entropy.shape.ShouldBe([places.Length]);
            batch.LogSumSquares(model, hidden).device_type.ShouldBe(DeviceType.META);
            using (no_grad())
            {
                TokenDivergence.Compute(NextTokens.Of(model, hidden), NextTokens.Of(model, hidden)).shape.ShouldBe([places.Length]);
            }

            (scores.LogProb.mean() + batch.LogProbs(model, hidden).mean()).backward();
        });
    }

    private static void CheckGradients(nn.Module model)
    {
        foreach (var (name, parameter) in model.named_parameters().Where(item => item.parameter.requires_grad))
        {
            parameter.grad.ShouldNotBeNull(name);
            parameter.grad.shape.ShouldBe(parameter.shape, name);
            parameter.grad.device_type.ShouldBe(DeviceType.META, name);
            parameter.grad.dtype.ShouldBe(ScalarType.Float32, name);
        }
    }
}
