using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Tests;

public class TensorTests
{
    [Fact]
    public void Add_TwoTensors_AddsElements()
    {
        using var sum = tensor(new[] { 1f, 2f }) + tensor(new[] { 10f, 20f });

        sum.data<float>().ToArray().ShouldBe([11f, 22f]);
    }

    [Fact]
    public void Add_WholeNumberToWholeNumbers_StaysWhole()
    {
        using var scope = NewDisposeScope();

        (tensor(new[] { 1L, 2L }) + 1).dtype.ShouldBe(ScalarType.Int64);
        tensor(new[] { 1L, 2L }).sub_(1).data<long>().ToArray().ShouldBe([0L, 1L]);
        tensor(new[] { (1L << 53) + 1 }).add(0).ToInt64().ShouldBe((1L << 53) + 1); // not by way of a double
        (tensor(new[] { 1L, 2L }) + 1.0).dtype.ShouldBe(ScalarType.Float32);
    }

    [Fact]
    public void Matmul_ShapesThatDoNotFit_ThrowsWithLibtorchsMessage()
    {
        using var left = zeros(2, 3);
        using var right = zeros(4, 5);

        Should.Throw<ExternalException>(() => left.matmul(right)).Message.ShouldContain("mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)");
    }

    [Fact]
    public void Tensor_Array_TakesItsElementType()
    {
        tensor(new[] { 1, 2 }).dtype.ShouldBe(ScalarType.Int32);
        tensor(new[] { 1L, 2L }).dtype.ShouldBe(ScalarType.Int64);
        tensor(new[] { 1f }).dtype.ShouldBe(ScalarType.Float32);
        tensor(new[] { 1.0 }).dtype.ShouldBe(ScalarType.Float64);
        tensor(new[] { true }).dtype.ShouldBe(ScalarType.Bool);
        tensor(5).dtype.ShouldBe(ScalarType.Int32);
        tensor(1.0).dtype.ShouldBe(ScalarType.Float64);
        arange(3).dtype.ShouldBe(ScalarType.Int64);
        arange(3.0).dtype.ShouldBe(ScalarType.Float32);
    }

    [Fact]
    public void Handle_AfterDispose_ThrowsInvalidOperation()
    {
        var disposed = zeros(2);
        disposed.Dispose();

        disposed.IsInvalid.ShouldBeTrue();
        Should.Throw<InvalidOperationException>(() => disposed.add(1));
    }
}
