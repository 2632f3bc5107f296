using Alignment.Core.Checkpoints;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Checkpoints;

public class SafetensorsFolderTests
{
    [Fact]
    public void Open_TwoShards_FindsEveryTensor()
    {
        using var scope = NewDisposeScope();
        using var folder = Sharded("""{"metadata":{"total_size":12},"weight_map":{"a":"one.safetensors","b":"two.safetensors"}}""");

        using var weights = SafetensorsFolder.Open(folder.Path);

        weights.Entries.Keys.ShouldBe(["a", "b"], ignoreOrder: true);
        weights.Load("b").data<float>().ToArray().ShouldBe([2, 2]);
    }

    [Theory]
    [InlineData("../one.safetensors")]
    [InlineData("/etc/passwd")]
    [InlineData("..")]
    [InlineData("sub/one.safetensors")]
    [InlineData("sub\\\\one.safetensors")]
    [InlineData("")]
    public void Open_IndexPointingOutOfTheFolder_IsRefused(string shard)
    {
        using var folder = Sharded($$$"""{"weight_map":{"a":"{{{shard}}}"}}""");

        Should.Throw<InvalidDataException>(() => SafetensorsFolder.Open(folder.Path)).Message.ShouldContain("not a file name in the same folder");
    }

    [Theory]
    [InlineData("""{"weight_map":{"a":"one.safetensors","b":"one.safetensors"}}""", "b")] // b is in no opened shard
    [InlineData("""{"weight_map":{"a":"two.safetensors","b":"one.safetensors"}}""", "a, b")] // swapped
    [InlineData("""{"weight_map":{"b":"two.safetensors","c":"one.safetensors"}}""", "a, c")] // a not in the index
    public void Open_IndexThatDoesNotFitItsShards_ListsTheTensors(string index, string names)
    {
        using var folder = Sharded(index);

        Should.Throw<InvalidDataException>(() => SafetensorsFolder.Open(folder.Path)).Message.ShouldContain(": " + names + ".");
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"weight_map":7}""")]
    [InlineData("""{"weight_map":{"a":7}}""")]
    [InlineData("""{"weight_map":{"a":"one.safetensors","a":"two.safetensors"}}""")]
    [InlineData("""{"weight_map":{"a":""")]
    public void Open_BrokenIndex_SaysWhatWasExpected(string index)
    {
        using var folder = Sharded(index);

        Should.Throw<InvalidDataException>(() => SafetensorsFolder.Open(folder.Path)).Message.ShouldContain("weight_map");
    }

    [Fact]
    public void Open_MissingShard_ThrowsFileNotFound()
    {
        using var folder = Sharded("""{"weight_map":{"a":"one.safetensors","b":"three.safetensors"}}""");

        Should.Throw<FileNotFoundException>(() => SafetensorsFolder.Open(folder.Path)).Message.ShouldContain("three.safetensors");
    }

    [Fact]
    public void Open_SameTensorInTwoShards_IsRefused()
    {
        using var folder = Sharded("""{"weight_map":{"a":"one.safetensors","b":"two.safetensors"}}""");
        File.Copy(folder["one.safetensors"], folder["two.safetensors"], overwrite: true);

        Should.Throw<InvalidDataException>(() => SafetensorsFolder.Open(folder.Path)).Message.ShouldContain("more than one shard");
    }

    [Fact]
    public void Open_OnlyAPickle_TellsHowToConvert()
    {
        using var folder = new TemporaryFolder();
        folder.Write("pytorch_model.bin", "PK");

        var error = Should.Throw<FileNotFoundException>(() => SafetensorsFolder.Open(folder.Path));

        error.Message.ShouldContain("pytorch_model.bin");
        error.Message.ShouldContain("safe_serialization=True");
    }

    [Fact]
    public void Open_NoFolder_ThrowsDirectoryNotFound()
    {
        using var folder = new TemporaryFolder();

        Should.Throw<DirectoryNotFoundException>(() => SafetensorsFolder.Open(folder["none"]));
    }

    /// <summary>one.safetensors holds a, two.safetensors holds b.</summary>
    private static TemporaryFolder Sharded(string index)
    {
        using var scope = NewDisposeScope();
        var folder = new TemporaryFolder();
        SafetensorsWriter.Write(folder["one.safetensors"], new Dictionary<string, Tensor> { ["a"] = ones(1) });
        SafetensorsWriter.Write(folder["two.safetensors"], new Dictionary<string, Tensor> { ["b"] = full(2, 2f) });
        folder.Write(SafetensorsFolder.IndexFile, index);
        return folder;
    }
}
