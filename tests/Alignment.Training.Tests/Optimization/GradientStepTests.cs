using Alignment.Training.Metrics;
using Alignment.Training.Optimization;
using Alignment.Training.Schedules;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Alignment.Training.Tests.Optimization;

public sealed class GradientStepTests : IDisposable
{
    private readonly Parameter _weight = new(tensor(new[] { 1f, 2f }).view(1, 2));
    private readonly Parameter _unused = new(ones(2, 2));
    private readonly AdamW _optimizer;
    private readonly List<double> _losses = [];

    public GradientStepTests() => _optimizer = OptimizerFactory.AdamW([_weight, _unused], weightDecay: 0.5, 0.9, 0.999, 1e-8);

    public void Dispose()
    {
        _optimizer.Dispose();
        _weight.Dispose();
        _unused.Dispose();
    }

    [Fact]
    public void Apply_TwoMicroBatches_ClipsTheGlobalNormAndReturnsItUnclipped()
    {
        var step = Step(maxGradNorm: 1);
        step.Clear();

        // d/dw of (6·w0 + 8·w1) / 4, twice: gradient [3, 4], norm 5
        Backward(step, 6, 8, totalWeight: 4);
        Backward(step, 6, 8, totalWeight: 4);
        step.Apply(1, []).ShouldBe(5, 1e-6);

        Gradient().ShouldBe([0.6f, 0.8f], 1e-6);
    }

    [Fact]
    public void Apply_ClippingOff_OnlyMeasures()
    {
        var step = Step(maxGradNorm: 0);
        Backward(step, 3, 4, totalWeight: 1);

        step.Apply(1, []).ShouldBe(5, 1e-6);

        Gradient().ShouldBe([3f, 4f]);
    }

    [Fact]
    public void Clear_AfterBackward_LeavesNoGradient()
    {
        Backward(Step(1), 3, 4, totalWeight: 1);

        Step(1).Clear();

        _weight.grad.ShouldBeNull();
    }

    [Fact]
    public void Apply_ParameterWithoutGradient_DoesNotEvenDecay()
    {
        var step = Step(maxGradNorm: 1);
        for (var i = 1; i <= 2; i++)
        {
            step.Clear();
            Backward(step, 3, 4, totalWeight: 1);
            step.Apply(i, []);
        }

        Values(_unused).ShouldAllBe(value => value == 1);
        Values(_weight).ShouldAllBe(value => value != 1 && value != 2);
    }

    [Fact]
    public void Apply_InfiniteGradient_ThrowsAndUpdatesNothing()
    {
        var step = Step(maxGradNorm: 1);
        using (NewDisposeScope())
        {
            (_weight * float.PositiveInfinity).sum().backward();
        }

        Should.Throw<NumericFailureException>(() => step.Apply(3, ["x:1"])).Message.ShouldContain("gradient norm");

        Values(_weight).ShouldBe([1f, 2f]);
    }

    [Fact]
    public void Backward_NaNLoss_ThrowsBeforeItTouchesTheGradients()
    {
        Should.Throw<NumericFailureException>(() => Backward(Step(1), float.NaN, 4, totalWeight: 1)).Message.ShouldContain("x:1");

        _weight.grad.ShouldBeNull();
    }

    [Fact]
    public void Apply_LossesReadLate_AreTakenInTheirOrderBeforeTheUpdate()
    {
        var step = Step(maxGradNorm: 1, readsLate: true);
        Backward(step, 6, 8, totalWeight: 4);
        Backward(step, 1, 2, totalWeight: 4);
        _losses.ShouldBeEmpty();

        step.Apply(1, []);

        _losses.ShouldBe([5.5, 1.25]); // (6·1 + 8·2) / 4, (1·1 + 2·2) / 4
    }

    [Fact]
    public void Apply_NaNLossReadLate_NamesTheRowsOfItsMicroBatchAndUpdatesNothing()
    {
        var step = Step(maxGradNorm: 1, readsLate: true);
        Backward(step, 6, 8, totalWeight: 4, "x:1");
        Backward(step, float.NaN, 8, totalWeight: 4, "x:2");
        Backward(step, 6, 8, totalWeight: 4, "x:3");

        var message = Should.Throw<NumericFailureException>(() => step.Apply(3, ["x:1", "x:2", "x:3"])).Message;

        message.ShouldContain("loss is NaN");
        message.ShouldContain("on rows x:2;");
        Values(_weight).ShouldBe([1f, 2f]);
        _losses.Count.ShouldBe(1);
    }

    [Fact]
    public void LearningRate_Schedule_ScalesThePeak()
    {
        Step(1).LearningRate(1).ShouldBe(0.05, 1e-12); // step 1 of a warm-up of 1: half of the peak
    }

    private static float[] Values(Tensor parameter) => parameter.detach().data<float>().ToArray();

    private GradientStep Step(double maxGradNorm, bool readsLate = false) =>
        new(_optimizer, [_weight, _unused], 0.1, new LearningRateSchedule(LearningRateShape.Constant, 10, WarmupSteps: 1), maxGradNorm, new PendingReads(readsLate));

    private float[] Gradient() => Values(_weight.grad!);

    /// <summary>Adds the gradient of (first · w0 + second · w1) / totalWeight.</summary>
    private void Backward(GradientStep gradient, float first, float second, double totalWeight, string row = "x:1")
    {
        using var scope = NewDisposeScope();
        gradient.Backward((_weight * tensor(new[] { first, second })).sum(), totalWeight, 1, [row], _losses.Add);
    }
}
