using System.Text.Json.Nodes;
using Alignment.Core.Lora;
using Alignment.Core.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Lora;

public sealed class QuantizedWeightTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(Quantization.Nf4)]
    [InlineData(Quantization.Int8)]
    public void Dequantize_GivesWhatTheFormulasSay(Quantization kind)
    {
        var golden = JsonNode.Parse(File.ReadAllText(Fixture.At("quantization", "golden.json")))!;
        var expected = golden[kind.ToString().ToLowerInvariant()]!;
        var matrix = Formula();
        using var weight = QuantizedWeight.Of(kind, matrix);

        var values = weight.Dequantize();

        values.shape.ShouldBe([130, 132]);
        var flat = values.reshape(-1).data<float>().ToArray();
        var every = (int)golden["every"]!;
        var listed = expected["values"]!.AsArray().Select(value => (double)value!).ToArray();
        for (var i = 0; i < listed.Length; i++)
        {
            ((double)flat[i * every]).ShouldBe(listed[i], 1e-5, $"element {i * every}");
        }

        flat.Sum(value => (double)value * value).ShouldBe((double)expected["sum_of_squares"]!, 1e-1);
        (values - matrix).abs().mean().ToDouble().ShouldBe((double)expected["mean_error"]!, 1e-5);
    }

    [Theory]
    [InlineData(Quantization.Nf4, 0.52)] // 4 bits, 8 for each 64, and a scale for each 256 of those
    [InlineData(Quantization.Int8, 1.01)] // 8 bits and a scale for each row of 1024
    public void Bytes_AreFew(Quantization kind, double bytesPerWeight)
    {
        using var weight = QuantizedWeight.Of(kind, randn(512, 1024));

        ((double)weight.Bytes / (512 * 1024)).ShouldBeLessThan(bytesPerWeight);
    }

    [Theory]
    [InlineData(Quantization.Nf4)]
    [InlineData(Quantization.Int8)]
    public void Dequantize_ZerosAndTransposedMatrices(Quantization kind)
    {
        var matrix = randn(7, 30);
        using var straight = QuantizedWeight.Of(kind, matrix);
        using var turned = QuantizedWeight.Of(kind, matrix.t().contiguous().t());
        using var nothing = QuantizedWeight.Of(kind, zeros(3, 5));

        Compare.MaxDifference(straight.Dequantize(), turned.Dequantize()).ShouldBe(0);
        Compare.MaxDifference(nothing.Dequantize(), zeros(3, 5)).ShouldBe(0);
    }

    [Theory]
    [InlineData(Quantization.Nf4)]
    [InlineData(Quantization.Int8)]
    public void Linear_GradientIsThatOfTheDequantizedWeight(Quantization kind)
    {
        using var weight = QuantizedWeight.Of(kind, randn(24, 40));
        var dense = weight.Dequantize();
        var (x, y) = (randn(3, 5, 40), randn(3, 5, 40));
        y.copy_(x);
        x.requires_grad = true;
        y.requires_grad = true;

        var (product, expected) = (QuantizedLinear.apply(x, weight), nn.functional.linear(y, dense));
        product.sin().sum().backward();
        expected.sin().sum().backward();

        Compare.MaxDifference(product.detach(), expected.detach()).ShouldBe(0);
        Compare.MaxDifference(x.grad!, y.grad!).ShouldBeLessThan(1e-5);
    }

    private static Tensor Formula() =>
        tensor([.. Enumerable.Range(0, 130 * 132).Select(i => (float)((((i * 7919L) + 13) % 2003 - 1001.37) / 1000 * (1 + (i / 64 % 7))))]).view(130, 132);
}
