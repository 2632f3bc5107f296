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
        Backward(6, 8, totalWeight: 4);
        Backward(6, 8, totalWeight: 4);
        step.Apply(1, []).ShouldBe(5, 1e-6);

        Gradient().ShouldBe([0.6f, 0.8f], 1e-6);
    }

    [Fact]
    public void Apply_ClippingOff_OnlyMeasures()
    {
        var step = Step(maxGradNorm: 0);
        Backward(3, 4, totalWeight: 1);

        step.Apply(1, []).ShouldBe(5, 1e-6);

        Gradient().ShouldBe([3f, 4f]);
    }

    [Fact]
    public void Clear_AfterBackward_LeavesNoGradient()
    {
        Backward(3, 4, totalWeight: 1);

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
            Backward(3, 4, totalWeight: 1);
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
        Should.Throw<NumericFailureException>(() => Backward(float.NaN, 4, totalWeight: 1)).Message.ShouldContain("x:1");

        _weight.grad.ShouldBeNull();
    }

    [Fact]
    public void LearningRate_Schedule_ScalesThePeak()
    {
        Step(1).LearningRate(1).ShouldBe(0.05, 1e-12); // step 1 of a warm-up of 1: half of the peak
    }

    private static float[] Values(Tensor parameter) => parameter.detach().data<float>().ToArray();

    private GradientStep Step(double maxGradNorm) =>
        new(_optimizer, [_weight, _unused], 0.1, new LearningRateSchedule(LearningRateShape.Constant, 10, WarmupSteps: 1), maxGradNorm);

    private float[] Gradient() => Values(_weight.grad!);

    /// <summary>Adds the gradient of (first · w0 + second · w1) / totalWeight.</summary>
    private void Backward(float first, float second, double totalWeight)
    {
        using var scope = NewDisposeScope();
        GradientStep.Backward((_weight * tensor(new[] { first, second })).sum(), totalWeight, 1, ["x:1"]);
    }
}
