using System.Text.Json.Nodes;
using Alignment.Training.Runs;

namespace Alignment.Training.Tests.Runs;

public class ContentHashTests
{
    [Fact]
    public void OfFile_KnownBytes_IsSha256()
    {
        using var folder = new TemporaryFolder();

        // FIPS 180-4 example: SHA-256("abc").
        ContentHash.OfFile(folder.Write("a", "abc")).ShouldBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    [Fact]
    public void OfFile_LargeFileChanged_IsReadAgain()
    {
        using var folder = new TemporaryFolder();
        var path = folder["big"];
        File.WriteAllBytes(path, new byte[2 << 20]);
        var before = ContentHash.OfFile(path);

        File.WriteAllBytes(path, [.. new byte[2 << 20], 1]);

        ContentHash.OfFile(path).ShouldNotBe(before);
    }

    [Fact]
    public void OfFolder_RenamedFile_Differs()
    {
        using var folder = new TemporaryFolder();
        folder.Write("x/a", "1");
        folder.Write("y/b", "1");
        folder.Write("z/a", "1");
        folder.Write("z/.partial/a", "hidden names do not count");

        ContentHash.OfFolder(folder["x"]).ShouldNotBe(ContentHash.OfFolder(folder["y"]));
        ContentHash.OfFolder(folder["x"]).ShouldBe(ContentHash.OfFolder(folder["z"]));
    }

    [Fact]
    public void OfJson_OtherKeyOrderAndSpace_IsEqual()
    {
        var one = JsonNode.Parse("""{"a":1,"b":{"c":[1,2],"d":null}}""");
        var two = JsonNode.Parse("""{ "b": { "d": null, "c": [1, 2] }, "a": 1 }""");
        var three = JsonNode.Parse("""{ "b": { "d": null, "c": [2, 1] }, "a": 1 }""");

        ContentHash.OfJson(one).ShouldBe(ContentHash.OfJson(two));
        ContentHash.OfJson(one).ShouldNotBe(ContentHash.OfJson(three));
    }

    [Fact]
    public void OfPath_Missing_NamesIt()
    {
        Should.Throw<FileNotFoundException>(() => ContentHash.OfPath("/nowhere/at/all")).Message.ShouldContain("/nowhere/at/all");
    }
}
