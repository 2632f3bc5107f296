using Alignment.Core.Checkpoints;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Checkpoints;

public class SafetensorsWriterTests
{
    [Fact]
    public void Write_WhatHuggingFaceWrote_GivesTheSameBytes()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var original = Fixture.At("llama-tiny", "model.safetensors");
        using var file = SafetensorsFile.Open(original);

        SafetensorsWriter.Write(folder["y.safetensors"], file.Entries.Keys.Reverse().ToDictionary(name => name, file.Load));

        File.ReadAllBytes(folder["y.safetensors"]).ShouldBe(File.ReadAllBytes(original));
        Directory.GetFileSystemEntries(folder.Path).ShouldBe([folder["y.safetensors"]]);
    }

    [Fact]
    public void Write_EveryTypeAndStride_ReadsBackEqual()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var tensors = new Dictionary<string, Tensor>
        {
            ["transposed"] = arange(6, dtype: ScalarType.Float32).reshape(2, 3).t(),
            ["half"] = tensor(new float[] { 1.5f, -2 }).to(ScalarType.Float16),
            ["brain"] = tensor(new float[] { 1.5f, -2 }).to(ScalarType.BFloat16),
            ["double"] = tensor(new double[] { Math.PI }),
            ["long"] = tensor(new long[] { long.MinValue, 7 }),
            ["byte"] = tensor(new byte[] { 1, 255, 3 }),
            ["flag"] = tensor(new bool[] { true, false, true }),
            ["scalar"] = tensor(5f),
            ["empty"] = zeros(0, 3),
        };

        SafetensorsWriter.Write(folder["x.safetensors"], tensors);

        using var file = SafetensorsFile.Open(folder["x.safetensors"]);
        file.Entries.Keys.ShouldBe(tensors.Keys, ignoreOrder: true);
        foreach (var (name, expected) in tensors)
        {
            var found = file.Load(name);
            found.dtype.ShouldBe(expected.dtype);
            found.shape.ShouldBe(expected.shape);
            found.bytes.ToArray().ShouldBe(expected.contiguous().bytes.ToArray());
        }
    }

    [Fact]
    public void Write_Header_IsPaddedToEightBytesAndSorted()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();

        SafetensorsWriter.Write(folder["x.safetensors"], new Dictionary<string, Tensor> { ["b"] = zeros(1), ["a"] = zeros(1), ["wide"] = zeros(1, dtype: ScalarType.Int64) });

        var bytes = File.ReadAllBytes(folder["x.safetensors"]);
        (BitConverter.ToInt64(bytes) % 8).ShouldBe(0);
        using var file = SafetensorsFile.Open(folder["x.safetensors"]);
        file.Entries.Values.OrderBy(entry => entry.Begin).Select(entry => entry.Name).ShouldBe(["wide", "a", "b"]);
    }

    [Fact]
    public void Write_WithAType_ConvertsEveryTensor()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();

        SafetensorsWriter.Write(folder["x.safetensors"], new Dictionary<string, Tensor> { ["a"] = tensor(new float[] { 1, 2 }) }, ScalarType.BFloat16);

        using var file = SafetensorsFile.Open(folder["x.safetensors"]);
        file.Load("a").dtype.ShouldBe(ScalarType.BFloat16);
        file.Load("a").to(ScalarType.Float32).data<float>().ToArray().ShouldBe([1, 2]);
    }

    [Fact]
    public void Write_TensorNamedMetadata_IsRefused()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();

        Should.Throw<ArgumentException>(() => SafetensorsWriter.Write(folder["x.safetensors"], new Dictionary<string, Tensor> { ["__metadata__"] = zeros(1) }));

        Directory.GetFileSystemEntries(folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public void Write_ComplexTensor_IsRefused()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();

        Should.Throw<ArgumentException>(() => SafetensorsWriter.Write(folder["x.safetensors"], new Dictionary<string, Tensor> { ["a"] = zeros(1, dtype: ScalarType.ComplexFloat32) }))
            .Message.ShouldContain("ComplexFloat32");
    }
}
