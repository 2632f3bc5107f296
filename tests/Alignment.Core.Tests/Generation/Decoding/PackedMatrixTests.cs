using Alignment.Core.Generation.Decoding;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Generation.Decoding;

public unsafe class PackedMatrixTests
{
    [Theory]
    [InlineData(1, 7, 5, false)]
    [InlineData(3, 33, 16, false)]
    [InlineData(8, 64, 31, false)]
    [InlineData(13, 70, 64, false)]
    [InlineData(1, 7, 5, true)]
    [InlineData(6, 65, 33, true)]
    [InlineData(17, 96, 64, true)]
    public void Product_AnyShape_IsLinear(int rows, int outputs, int inputs, bool isHalf)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(7);
        var type = isHalf ? ScalarType.BFloat16 : ScalarType.Float32;
        var (weight, bias, x) = (Rounded([outputs, inputs]), randn([outputs], generator: generator), Rounded([rows, inputs]));
        using var team = new WorkerTeam(2);
        using var packed = new PackedMatrix(outputs, inputs, isHalf);
        packed.Take(weight, 0, outputs, row => row, team);
        packed.TakeBias(bias, row => row);
        using var input = new ActivationRows(rows, inputs, packed.TakesHalves);
        for (var row = 0; row < rows; row++)
        {
            input.Store(row, 0, x[row].data<float>().ToArray());
        }

        var stride = packed.Panels * PackedMatrix.PanelWidth;
        using var result = new NativeBuffer<float>(rows * stride);
        team.Run(new Product(packed, input, rows, result.Pointer, stride));

        var expected = nn.functional.linear(x, weight, bias);
        for (var row = 0; row < rows; row++)
        {
            for (var output = 0; output < outputs; output++)
            {
                result.Pointer[(row * stride) + output].ShouldBe(expected[row, output].ToSingle(), 3e-5f);
            }
        }

        Tensor Rounded(long[] shape) => randn(shape, generator: generator).to(type).to(ScalarType.Float32);
    }

    [Fact]
    public void Kernels_BothKinds_AgreeOnHalves()
    {
        using var team = new WorkerTeam(1);
        using var scope = NewDisposeScope();
        using var packed = new PackedMatrix(32, 64, isHalf: true);
        if (!packed.TakesHalves)
        {
            return; // this processor has one kind only
        }

        var (weight, x) = (randn([32, 64]), randn([8, 64]).to(ScalarType.BFloat16).to(ScalarType.Float32));
        packed.Take(weight, 0, 32, row => row, team);
        using var halves = new ActivationRows(8, 64, asHalves: true);
        using var floats = new ActivationRows(8, 64, asHalves: false);
        for (var row = 0; row < 8; row++)
        {
            halves.Store(row, 0, x[row].data<float>().ToArray());
            floats.Store(row, 0, x[row].data<float>().ToArray());
        }

        using var native = new NativeBuffer<float>(8 * 32);
        using var managed = new NativeBuffer<float>(8 * 32);
        foreach (var rows in Enumerable.Range(1, 8))
        {
            packed.Multiply(halves, 0, rows, 0, default, native.Pointer);
            packed.MultiplyFloats(floats, 0, rows, 0, default, managed.Pointer);
            for (var i = 0; i < rows * 32; i++)
            {
                managed.Pointer[i].ShouldBe(native.Pointer[i], 2e-5f);
            }
        }
    }

    private sealed class Product(PackedMatrix weight, ActivationRows x, int rows, float* result, nint stride) : ITeamWork
    {
        public void Run(WorkerTeam team, int part) => PackedProduct.Run(weight, x, rows, result, stride, team, part);
    }
}
