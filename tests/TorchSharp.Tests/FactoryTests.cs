using static TorchSharp.torch;

namespace TorchSharp.Tests;

public class FactoryTests
{
    [Fact]
    public void Tensor_Array_Copies()
    {
        var values = new[] { 1f, 2f };
        var copy = tensor(values);
        values[0] = 9;

        copy[0].item<float>().ShouldBe(1);
    }

    [Fact]
    public void FromArray_SharesMemoryUntilDisposed()
    {
        var values = new[,] { { 1L, 2L }, { 3L, 4L } };
        using var shared = from_array(values);
        values[1, 0] = 9;
        shared[0, 1] = 7L;

        shared.shape.ShouldBe([2, 2]);
        shared[1, 0].item<long>().ShouldBe(9);
        values[0, 1].ShouldBe(7);
    }

    [Fact]
    public void FromBuffer_OffsetAndCount_AreElements()
    {
        using var middle = frombuffer(new[] { 1f, 2f, 3f, 4f }, float32, count: 2, offset: 1);

        middle.data<float>().ToArray().ShouldBe([2f, 3f]);
        Should.Throw<ArgumentException>(() => frombuffer(new float[2], float32, count: 3));
    }

    [Fact]
    public void Tensor_DtypeAndShape_AreApplied()
    {
        tensor(new[] { 1, 2, 3, 4 }, 2, 2, dtype: float32).ToString().ShouldBe("[2x2], type = Float32, device = cpu");
        tensor(new[,] { { 1.0, 2.0 } }).shape.ShouldBe([1, 2]);
        tensor(new List<int> { 1, 2 }).shape.ShouldBe([2]);
        tensor(new[] { 1f }, requires_grad: true).requires_grad.ShouldBeTrue();
        Should.Throw<ArgumentException>(() => tensor(new[] { 1, 2, 3 }, [2, 2]));
    }

    [Fact]
    public void Full_ValueType_DecidesTheElementType()
    {
        full(2, 1.5f).dtype.ShouldBe(ScalarType.Float32);
        full([2], 3L).dtype.ShouldBe(ScalarType.Int64);
        full(2, 2, 0.5, dtype: bfloat16).dtype.ShouldBe(ScalarType.BFloat16);
        zeros(2).dtype.ShouldBe(ScalarType.Float32);
        randint(10, [4]).dtype.ShouldBe(ScalarType.Int64);
    }

    [Fact]
    public void Like_Tensor_TakesTypeAndShape()
    {
        var like = tensor(new[] { 1L, 2L });
        zeros_like(like).ToString().ShouldBe("[2], type = Int64, device = cpu");
        full_like(like, 4).data<long>().ToArray().ShouldBe([4L, 4L]);
        ones_like(like, float32).dtype.ShouldBe(ScalarType.Float32);
    }

    [Fact]
    public void Data_Strided_FollowsStrides()
    {
        var turned = arange(6).reshape(2, 3).t();

        turned.data<long>().ToArray().ShouldBe([0, 3, 1, 4, 2, 5]);
        turned.data<long>()[1, 1].ShouldBe(4);
        ((long[,])turned.data<long>().ToNDArray())[2, 0].ShouldBe(2);
        turned[1..].data<long>().ToArray().ShouldBe([1, 4, 2, 5]);
    }

    [Fact]
    public void Data_WrongType_ThrowsArgumentException()
    {
        Should.Throw<ArgumentException>(() => zeros(2).data<double>());
        Should.Throw<ArgumentException>(() => zeros(1).item<int>());
        Should.Throw<ArgumentException>(() => zeros(2).item<float>());
    }

    [Fact]
    public void ToNumber_AnyType_Converts()
    {
        tensor(2.75f).ToDouble().ShouldBe(2.75);
        tensor(2.75).ToInt32().ShouldBe(2);
        tensor(true).ToSingle().ShouldBe(1);
        ((long)tensor(3)).ShouldBe(3);
        tensor(1.5f).to(bfloat16).ToSingle().ShouldBe(1.5f);
    }

    [Fact]
    public void Bytes_RoundTripThroughStream()
    {
        var source = randn(3, 5).to(bfloat16);
        using var stream = new MemoryStream();
        source.WriteBytesToStream(stream, 7);
        stream.Length.ShouldBe(30);
        stream.Position = 0;
        var target = zeros(5, 3, dtype: bfloat16).t();
        target.ReadBytesFromStream(stream, 4);

        target.Equals(source).ShouldBeTrue();
    }

    [Fact]
    public void Finfo_Float32_EqualsNetsLimits()
    {
        finfo(float32).max.ShouldBe(float.MaxValue);
        finfo(float32).eps.ShouldBe(Math.Pow(2, -23));
        finfo(float64).max.ShouldBe(double.MaxValue);
        finfo(float16).max.ShouldBe(65504);
    }
}
