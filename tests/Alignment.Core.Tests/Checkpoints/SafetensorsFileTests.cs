using System.Text;
using Alignment.Core.Checkpoints;
using static Alignment.Core.Tests.Checkpoints.SafetensorsBytes;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Checkpoints;

public class SafetensorsFileTests
{
    [Fact]
    public void Open_MissingFile_ThrowsFileNotFound()
    {
        using var folder = new TemporaryFolder();

        Should.Throw<FileNotFoundException>(() => SafetensorsFile.Open(folder["none.safetensors"]));
    }

    [Theory]
    [InlineData("F64", ScalarType.Float64, 8)]
    [InlineData("F32", ScalarType.Float32, 4)]
    [InlineData("F16", ScalarType.Float16, 2)]
    [InlineData("BF16", ScalarType.BFloat16, 2)]
    [InlineData("I64", ScalarType.Int64, 8)]
    [InlineData("I32", ScalarType.Int32, 4)]
    [InlineData("I16", ScalarType.Int16, 2)]
    [InlineData("I8", ScalarType.Int8, 1)]
    [InlineData("U8", ScalarType.Byte, 1)]
    [InlineData("BOOL", ScalarType.Bool, 1)]
    public void Load_EveryType_CopiesTheBytesAsTheyAre(string name, ScalarType type, int size)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var bytes = Of($"{{{Tensor("t", "[2,3]", $"[0,{6 * size}]", name)}}}", 6 * size);
        for (var i = 0; i < 6 * size; i++)
        {
            bytes[bytes.Length - (6 * size) + i] = (byte)(type == ScalarType.Bool ? i % 2 : 17 * (i + 1));
        }

        File.WriteAllBytes(folder["x.safetensors"], bytes);
        using var file = SafetensorsFile.Open(folder["x.safetensors"]);

        var tensor = file.Load("t");

        tensor.dtype.ShouldBe(type);
        tensor.shape.ShouldBe([2, 3]);
        tensor.bytes.ToArray().ShouldBe(bytes[^(6 * size)..]);
    }

    [Fact]
    public void Load_BFloat16_HasTheRightValues()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var bytes = Of($"{{{Tensor("t", "[2]", "[0,4]", "BF16")}}}", 4);
        ((byte[])[0xC0, 0x3F, 0x00, 0xC0]).CopyTo(bytes, bytes.Length - 4); // 0x3FC0 = 1.5, 0xC000 = -2
        File.WriteAllBytes(folder["x.safetensors"], bytes);
        using var file = SafetensorsFile.Open(folder["x.safetensors"]);

        file.Load("t").to(ScalarType.Float32).data<float>().ToArray().ShouldBe([1.5f, -2f]);
    }

    [Fact]
    public void Load_ScalarAndEmptyTensors_KeepTheirShapes()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["x.safetensors"], Of($"{{{Tensor("empty", "[0,5]", "[0,0]")},{Tensor("scalar", "[]", "[0,4]")}}}", 4));
        using var file = SafetensorsFile.Open(folder["x.safetensors"]);

        file.Load("empty").shape.ShouldBe([0, 5]);
        file.Load("scalar").shape.ShouldBe([]);
    }

    [Fact]
    public void Load_BooleanOfAnotherByte_Throws()
    {
        using var folder = new TemporaryFolder();
        var bytes = Of($"{{{Tensor("t", "[3]", "[0,3]", "BOOL")}}}", 3);
        bytes[^1] = 2;
        File.WriteAllBytes(folder["x.safetensors"], bytes);
        using var file = SafetensorsFile.Open(folder["x.safetensors"]);

        Should.Throw<InvalidDataException>(() => file.Load("t")).Message.ShouldContain("other than 0 and 1");
    }

    [Fact]
    public void Load_UnknownName_NamesIt()
    {
        using var file = SafetensorsFile.Open(Fixture.At("llama-tiny", "model.safetensors"));

        Should.Throw<InvalidDataException>(() => file.Load("no.such")).Message.ShouldContain("no.such");
    }

    [Fact]
    public void CopyTo_AnotherType_Converts()
    {
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(Fixture.At("llama-tiny", "model.safetensors"));
        var target = zeros(48, dtype: ScalarType.Float64);

        file.CopyTo("model.norm.weight", target);

        target.data<double>().ToArray().ShouldBe(file.Load("model.norm.weight").data<float>().ToArray().Select(x => (double)x));
    }

    [Fact]
    public void CopyTo_AnotherShape_NamesBoth()
    {
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(Fixture.At("llama-tiny", "model.safetensors"));

        var error = Should.Throw<InvalidDataException>(() => file.CopyTo("model.norm.weight", zeros(47)));

        error.Message.ShouldContain("[48]");
        error.Message.ShouldContain("[47]");
    }

    [Fact]
    public void Load_AfterDispose_Throws()
    {
        var file = SafetensorsFile.Open(Fixture.At("llama-tiny", "model.safetensors"));
        file.Dispose();
        file.Dispose();

        Should.Throw<ObjectDisposedException>(() => file.Load("model.norm.weight"));
    }

    [Fact]
    public void Metadata_OfAHuggingFaceFile_IsRead()
    {
        using var file = SafetensorsFile.Open(Fixture.At("llama-tiny", "model.safetensors"));

        file.Metadata.ShouldBe(new Dictionary<string, string> { ["format"] = "pt" });
    }

    [Fact]
    public void Open_NamesWithEscapes_AreUnescaped()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["x.safetensors"], Of(Encoding.UTF8.GetBytes("{" + Tensor("\\u00e9\\\"", "[0]", "[0,0]") + "}"), 0));
        using var file = SafetensorsFile.Open(folder["x.safetensors"]);

        file.Entries.Keys.ShouldBe(["é\""]);
    }
}
