using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Objectives.Tests;

public sealed class ClassificationLossTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void CrossEntropy_OfEqualLogits_IsTheLogOfTheClasses() =>
        ClassificationLoss.CrossEntropy(zeros(2, 4), tensor([0L, 3L])).data<float>().ToArray().ShouldAllBe(loss => Math.Abs(loss - Math.Log(4)) < 1e-6);

    [Fact]
    public void BinaryCrossEntropy_IsTheMeanOverTheClasses()
    {
        // z = (0, ln 3), y = (1, 0): −ln ½ and −ln(1 − ¾), mean (ln 2 + ln 4) / 2.
        var loss = ClassificationLoss.BinaryCrossEntropy(tensor([0f, MathF.Log(3)]).unsqueeze(0), tensor([1f, 0f]).unsqueeze(0));

        loss.ToDouble().ShouldBe(1.5 * Math.Log(2), 1e-6);
    }

    [Fact]
    public void MeanSquaredError_IsTheMeanOverTheOutputs() =>
        ClassificationLoss.MeanSquaredError(tensor([1f, 3f]).unsqueeze(0), tensor([0f, 0f]).unsqueeze(0)).ToDouble().ShouldBe(5, 1e-6);

    [Fact]
    public void Any_ShapesThatDoNotFit_AreNamed()
    {
        Should.Throw<ArgumentException>(() => ClassificationLoss.CrossEntropy(zeros(2, 4), zeros(2, 4))).Message.ShouldContain("[2, 4]");
        Should.Throw<ArgumentException>(() => ClassificationLoss.BinaryCrossEntropy(zeros(2, 4), zeros(2, 3))).Message.ShouldContain("[2, 3]");
    }
}
