using Alignment.Core.Checkpoints;

namespace Alignment.Core.Tests.Checkpoints;

public class AtomicFileTests
{
    [Fact]
    public void WriteText_OverAnOldFile_ReplacesItAndLeavesNothingAside()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.txt", "old and longer");

        AtomicFile.WriteText(folder["a.txt"], "é");

        File.ReadAllBytes(folder["a.txt"]).ShouldBe([0xC3, 0xA9]);
        Directory.GetFileSystemEntries(folder.Path).ShouldBe([folder["a.txt"]]);
    }

    [Fact]
    public void Write_FailingHalfway_KeepsTheOldFile()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.txt", "old");

        Should.Throw<IOException>(() => AtomicFile.Write(folder["a.txt"], stream =>
        {
            stream.Write([1, 2, 3]);
            throw new IOException("disk full");
        }));

        File.ReadAllText(folder["a.txt"]).ShouldBe("old");
        Directory.GetFileSystemEntries(folder.Path).ShouldBe([folder["a.txt"]]);
    }

    [Fact]
    public void WriteFolder_FailingHalfway_KeepsTheOldFolder()
    {
        using var folder = new TemporaryFolder();
        folder.Write("model/config.json", "old");

        Should.Throw<IOException>(() => AtomicFile.WriteFolder(folder["model"], partial =>
        {
            File.WriteAllText(Path.Combine(partial, "config.json"), "new");
            throw new IOException("disk full");
        }));

        File.ReadAllText(folder["model", "config.json"]).ShouldBe("old");
        Directory.GetFileSystemEntries(folder.Path).ShouldBe([folder["model"]]);
    }

    [Fact]
    public void WriteFolder_OverAnOldFolder_KeepsNoneOfItsFiles()
    {
        using var folder = new TemporaryFolder();
        folder.Write("model/old.bin", "old");
        folder.Write(".model.partial/left.bin", "of a killed run");

        AtomicFile.WriteFolder(folder["model"], partial => File.WriteAllText(Path.Combine(partial, "new.bin"), "new"));

        Directory.GetFileSystemEntries(folder.Path).ShouldBe([folder["model"]]);
        Directory.GetFiles(folder["model"]).ShouldBe([folder["model", "new.bin"]]);
    }
}
