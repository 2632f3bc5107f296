using Alignment.Core.Gguf;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Gguf;

public class GgufWriterTests
{
    [Fact]
    public void Write_SmallFile_IsTheFormatByteForByte()
    {
        using var folder = new TemporaryFolder();
        var path = folder["x.gguf"];
        using var scope = NewDisposeScope();

        GgufWriter.Write(
            path,
            [new("a", "xy"), new("n", 7u), new("list", new[] { "p", "qr" }), new("f", true)],
            [new("t", [2, 3], GgufType.F32, () => tensor(new[] { 1f, 2, 3, 4, 5, 6 }, 2, 3)), new("u", [2], GgufType.F16, () => tensor(new[] { 1f, -2f }))]);

        byte[] expected =
        [
            .. "GGUF"u8, 3, 0, 0, 0, .. Long(2), .. Long(4), // magic, version, tensors, keys: 24 bytes
            .. Long(1), (byte)'a', 8, 0, 0, 0, .. Long(2), .. "xy"u8, // kind 8: text; to 47
            .. Long(1), (byte)'n', 4, 0, 0, 0, 7, 0, 0, 0, // kind 4: uint32; to 64
            .. Long(4), .. "list"u8, 9, 0, 0, 0, 8, 0, 0, 0, .. Long(2), .. Long(1), (byte)'p', .. Long(2), .. "qr"u8, // kind 9: list of texts; to 111
            .. Long(1), (byte)'f', 7, 0, 0, 0, 1, // kind 7: flag; to 125
            .. Long(1), (byte)'t', 2, 0, 0, 0, .. Long(3), .. Long(2), 0, 0, 0, 0, .. Long(0), // innermost size first, type 0; to 166
            .. Long(1), (byte)'u', 1, 0, 0, 0, .. Long(2), 1, 0, 0, 0, .. Long(32), // 24 bytes of t padded to 32; to 199
            .. new byte[25], // to 224, a multiple of 32
            .. new[] { 1f, 2, 3, 4, 5, 6 }.SelectMany(BitConverter.GetBytes), .. new byte[8],
            0x00, 0x3C, 0x00, 0xC0, .. new byte[28],
        ];
        File.ReadAllBytes(path).ShouldBe(expected);
    }

    [Fact]
    public void Write_EveryType_ReadsBackWithinItsPrecision()
    {
        using var folder = new TemporaryFolder();
        var path = folder["x.gguf"];
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var weights = randn([5, 64], generator: generator);

        GgufWriter.Write(path, [new("x", 1.5f)], [.. Enum.GetValues<GgufType>().Select(type => new GgufTensor(type.ToString(), [5, 64], type, () => weights.clone()))]);

        using var file = GgufFile.Open(path);
        file.Tensors.Keys.ShouldBe(Enum.GetNames<GgufType>());
        file.Load("F32").bytes.SequenceEqual(weights.bytes).ShouldBeTrue();
        file.Load("F16").bytes.SequenceEqual(weights.to(ScalarType.Float16).to(ScalarType.Float32).bytes).ShouldBeTrue();
        file.Load("BF16").bytes.SequenceEqual(weights.to(ScalarType.BFloat16).to(ScalarType.Float32).bytes).ShouldBeTrue();
        (file.Load("Q8_0") - weights).abs().max().item<float>().ShouldBeInRange(1e-4f, weights.abs().max().item<float>() / 127 * 0.6f);
    }

    [Fact]
    public void Write_Twice_GivesTheSameBytesAndNoOtherFile()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        GgufTensor[] tensors = [new("t", [3], GgufType.F32, () => ones(3))];
        GgufWriter.Write(folder["a.gguf"], [new("k", "v")], tensors);
        GgufWriter.Write(folder["b.gguf"], [new("k", "v")], tensors);

        File.ReadAllBytes(folder["a.gguf"]).ShouldBe(File.ReadAllBytes(folder["b.gguf"]));
        Directory.GetFiles(folder.Path).Length.ShouldBe(2);
    }

    [Fact]
    public void Write_WhatDoesNotFit_ThrowsAndLeavesTheOldFile()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var path = folder.Write("x.gguf", "old");

        Thrown(new("t", [3], GgufType.F32, () => ones(4))).ShouldContain("'t' is [4], [3] was expected");
        Thrown(new("t", [1], GgufType.F16, () => full([1], 1e6f))).ShouldContain("too large for F16; use bf16 or f32");
        Thrown(new("t", [1], GgufType.F32, () => full([1], float.NaN))).ShouldContain("not finite");
        Should.Throw<ArgumentException>(() => GgufWriter.Write(path, [], [new("t", [2, 48], GgufType.Q8_0, () => ones(2, 48))])).Message.ShouldContain("rows of 48 elements");
        Should.Throw<ArgumentException>(() => GgufWriter.Write(path, [new("k", 1L)], [])).Message.ShouldContain("'k' is a Int64");
        Should.Throw<ArgumentException>(() => GgufWriter.Write(path, [new("k", 1u), new("k", 2u)], [])).Message.ShouldContain("'k' is there twice");
        File.ReadAllText(path).ShouldBe("old");
        Directory.GetFiles(folder.Path).Length.ShouldBe(1);

        string Thrown(GgufTensor wrong) => Should.Throw<InvalidDataException>(() => GgufWriter.Write(path, [], [wrong])).Message;
    }

    private static byte[] Long(ulong value) => BitConverter.GetBytes(value);
}
