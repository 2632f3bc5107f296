using System.Diagnostics;
using Alignment.Core.Gguf;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Gguf;

public class GgufFileTests
{
    [Fact]
    public void Open_WrittenFile_HasItsMetadataListsAndTensors()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        GgufWriter.Write(
            folder["x.gguf"],
            [new("t", "ä"), new("u", 4_000_000_000u), new("i", -3), new("l", 1UL << 40), new("f", 0.5f), new("b", false), new("s", new[] { "", "🎈" }), new("n", new[] { 1f, 2f }), new("m", new[] { -1, 7 })],
            [new("w", [2, 1], GgufType.F32, () => tensor(new[] { 1f, 2f }, 2, 1))]);

        using var file = GgufFile.Open(folder["x.gguf"]);

        file.Version.ShouldBe(3u);
        file.Metadata.Keys.ShouldBe(["t", "u", "i", "l", "f", "b", "s", "n", "m"]);
        file.Metadata.Take(6).Select(pair => pair.Value).ShouldBe(["ä", 4_000_000_000u, -3, 1UL << 40, 0.5f, false]);
        ((GgufArray)file.Metadata["s"]).ElementKind.ShouldBe("String");
        ((GgufArray)file.Metadata["s"]).Count.ShouldBe(2);
        file.Strings("s").ShouldBe(["", "🎈"]);
        file.Floats("n").ShouldBe([1f, 2f]);
        file.Integers("m").ShouldBe([-1, 7]);
        file.Tensors["w"].Shape.ShouldBe([2, 1]);
        file.Tensors["w"].TypeName.ShouldBe("F32");
        Should.Throw<InvalidDataException>(() => file.Strings("n")).Message.ShouldContain("no list of String under 'n'");
        Should.Throw<InvalidDataException>(() => file.Load("v")).Message.ShouldContain("no tensor 'v'");
    }

    [Fact]
    public void Load_ATypeThatIsNotRead_NamesIt()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["x.gguf"], GgufBytes.With(1, 0).Info("q", [256], 12, 0).Data(144));
        using var file = GgufFile.Open(folder["x.gguf"]);

        file.Tensors["q"].TypeName.ShouldBe("Q4_K");
        file.Tensors["q"].ByteCount.ShouldBe(144);
        Should.Throw<InvalidDataException>(() => file.Load("q")).Message.ShouldContain("'q' is of Q4_K; F32, F16, Q8_0, BF16 can be read");
    }

    [Fact]
    public void Open_CutOffAnywhere_Throws()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        GgufWriter.Write(folder["x.gguf"], [new("k", "v"), new("l", new[] { "a", "b" })], [new("t", [9], GgufType.F32, () => ones(9))]);
        var whole = File.ReadAllBytes(folder["x.gguf"]);

        // The last 28 bytes only fill up the last tensor.
        for (var length = 0; length < whole.Length - 28; length++)
        {
            Message(folder, whole[..length]).ShouldContain("not a usable GGUF file");
        }
    }

    public static TheoryData<string, byte[]> Lies() => new()
    {
        { "does not begin with 'GGUF'", "GGML and more bytes follow here"u8.ToArray() },
        { "version is 1; versions 2 and 3", GgufBytes.Start(0, 0, version: 1) },
        { "version is 50331648 in big-endian order", GgufBytes.Start(0, 0, version: 0x03000000) },
        { "claims 18446744073709551615 tensors; at most 100000", GgufBytes.Start(ulong.MaxValue, 0) },
        { "claims 90000 tensors; 8 bytes follow", GgufBytes.Start(90_000, 0) },
        { "claims 10001 metadata keys; at most 10000", GgufBytes.Start(0, 10_001) },
        { "claims 9223372036854775807 bytes", GgufBytes.With(0, 1).UInt64(long.MaxValue).UInt64(0).ToArray() },
        { "'k' claims 1099511627776 bytes", GgufBytes.With(0, 1).Text("k").UInt32(8).UInt64(1UL << 40).Raw(new byte[64]).ToArray() },
        { "claims 4611686018427387904 elements of 'k'", GgufBytes.With(0, 1).Text("k").UInt32(9).UInt32(6).UInt64(1UL << 62).Raw(new byte[64]).ToArray() },
        { "claims 65 elements of 'k'; 64 bytes follow", GgufBytes.With(0, 1).Text("k").UInt32(9).UInt32(0).UInt64(65).Raw(new byte[64]).ToArray() },
        { "'k' is a list of lists", GgufBytes.With(0, 1).Text("k").UInt32(9).UInt32(9).UInt64(1).Raw(new byte[64]).ToArray() },
        { "'k' has the unknown kind 13", GgufBytes.With(0, 1).Text("k").UInt32(13).Raw(new byte[64]).ToArray() },
        { "'k' is there twice", GgufBytes.With(0, 2).Text("k").UInt32(0).Raw([1]).Text("k").UInt32(0).Raw([1]).ToArray() },
        { "is not UTF-8", GgufBytes.With(0, 1).UInt64(1).Raw([0xFF]).UInt32(0).Raw([1]).ToArray() },
        { "'general.alignment' is 12; it must be a power of 2", GgufBytes.With(0, 1).Text("general.alignment").UInt32(4).UInt32(12).ToArray() },
        { "'t' has 5 dimensions", GgufBytes.With(1, 0).Info("t", [1, 1, 1, 1, 1], 0, 0).Data(64) },
        { "lies at byte 8 of the data, which is no multiple of 32", GgufBytes.With(1, 0).Info("t", [1], 0, 8).Data(64) },
        { "the file is cut off", GgufBytes.With(1, 0).Info("t", [17], 0, 0).Data(64) },
        { "the file is cut off", GgufBytes.With(1, 0).Info("t", [1], 0, 1UL << 62).Data(64) },
        { "the offset of tensor 't' is 18446744073709551584", GgufBytes.With(1, 0).Info("t", [1], 0, ulong.MaxValue - 31).Data(64) },
        { "larger than any file", GgufBytes.With(1, 0).Info("t", [1UL << 40, 1UL << 40], 0, 0).Data(64) },
        { "a size of tensor 't' is 9223372036854775808", GgufBytes.With(1, 0).Info("t", [1UL << 63], 0, 0).Data(64) },
        { "rows of 31 elements", GgufBytes.With(1, 0).Info("t", [31], 8, 0).Data(64) },
        { "upon the tensor before it", GgufBytes.With(2, 0).Info("t", [16], 0, 0).Info("u", [8], 0, 32).Data(64) },
        { "'t' is there twice", GgufBytes.With(2, 0).Info("t", [8], 0, 0).Info("t", [8], 0, 32).Data(64) },
    };

    [Theory]
    [MemberData(nameof(Lies))]
    public void Open_LyingHeader_SaysWhatIsWrongFastAndSmall(string expected, byte[] bytes)
    {
        using var folder = new TemporaryFolder();
        var watch = Stopwatch.StartNew();
        var before = GC.GetAllocatedBytesForCurrentThread();

        Message(folder, bytes).ShouldContain(expected);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(10_000_000);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Open_HugeSparseFileOfTexts_StopsAtItsLimits()
    {
        // A list of 4 million empty texts over a sparse file of zeros; the keys that follow are empty too and so are there twice.
        using var folder = new TemporaryFolder();
        var head = GgufBytes.With(0, 10).Text("k").UInt32(9).UInt32(8).UInt64(1 << 22).ToArray();
        using (var stream = File.Create(folder["x.gguf"]))
        {
            stream.Write(head);
            stream.SetLength(1L << 31);
        }

        var watch = Stopwatch.StartNew();
        var before = GC.GetAllocatedBytesForCurrentThread();

        Should.Throw<InvalidDataException>(() => GgufFile.Open(folder["x.gguf"]));

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(10_000_000);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(1));
    }

    private static string Message(TemporaryFolder folder, byte[] bytes)
    {
        var path = folder["lie.gguf"];
        File.WriteAllBytes(path, bytes);
        var message = Should.Throw<InvalidDataException>(() => GgufFile.Open(path)).Message;
        message.ShouldStartWith(path);
        return message;
    }
}
