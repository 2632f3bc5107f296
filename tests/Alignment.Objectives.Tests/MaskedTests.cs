using TorchSharp;

using static TorchSharp.torch;

namespace Alignment.Objectives.Tests;

public class MaskedTests
{
    private static readonly Tensor Values = tensor(new[] { 1.0, 3, double.PositiveInfinity, 5, double.NaN, 7 }, [2, 3]).DetachFromDisposeScope();
    private static readonly Tensor Mask = tensor(new[] { true, true, false, true, false, true }, [2, 3]).DetachFromDisposeScope();

    [Fact]
    public void Mean_InfiniteAndNanOutsideTheMask_AreNeverRead() =>
        Masked.Mean(Values, Mask).ToDouble().ShouldBe(4); // (1 + 3 + 5 + 7) / 4

    [Fact]
    public void Mean_EmptyMask_IsZeroNotNan() => Masked.Mean(ones(3), zeros(3, dtype: ScalarType.Bool)).ToDouble().ShouldBe(0);

    [Fact]
    public void Variance_IsUnbiased() =>
        Masked.Variance(Values, Mask).ToDouble().ShouldBe(20.0 / 3, 1e-6); // (9 + 1 + 1 + 9) / 3

    [Fact]
    public void Variance_OnePosition_Throws() =>
        Should.Throw<ArgumentException>(() => Masked.Variance(ones(2), tensor(new[] { true, false })))
            .Message.ShouldContain("at least 2 positions");

    [Fact]
    public void Whiten_HasMeanZeroVarianceOneAndZerosOutside()
    {
        var whitened = Masked.Whiten(Values, Mask);
        Masked.Mean(whitened, Mask).ToDouble().ShouldBe(0, 1e-6);
        Masked.Variance(whitened, Mask).ToDouble().ShouldBe(1, 1e-8);
        whitened[0, 2].ToDouble().ShouldBe(0);
        whitened[1, 1].ToDouble().ShouldBe(0);
    }

    [Fact]
    public void Whiten_WithoutShift_KeepsTheMean() =>
        Masked.Mean(Masked.Whiten(Values, Mask, shiftMean: false), Mask).ToDouble().ShouldBe(4, 1e-12);

    [Fact]
    public void FromLengths_MarksThePrefixOfEachRow() =>
        Masked.FromLengths([2, 0, 3], 3).data<bool>().ToArray()
            .ShouldBe([true, true, false, false, false, false, true, true, true]);

    [Fact]
    public void FromLengths_TooLong_NamesTheRow() =>
        Should.Throw<ArgumentException>(() => Masked.FromLengths([1, 4], 3)).Message.ShouldContain("row 1: length 4 is outside 0..3");

    [Fact]
    public void Sum_MaskOfAnotherShape_NamesBothShapes() =>
        Should.Throw<ArgumentException>(() => Masked.Sum(ones(2, 3), ones(3, dtype: ScalarType.Bool)))
            .Message.ShouldContain("mask has shape [3], values has [2, 3]");
}
