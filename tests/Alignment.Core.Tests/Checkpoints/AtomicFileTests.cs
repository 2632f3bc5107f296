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

    [Fact]
    public async Task WriteFolder_AtEveryMoment_TheOldOrTheWholeNewFolderIsThere()
    {
        using var folder = new TemporaryFolder();
        FolderSwap.TryExchange(Directory.CreateDirectory(folder["a"]).FullName, Directory.CreateDirectory(folder["b"]).FullName).ShouldBe(OperatingSystem.IsLinux());
        AtomicFile.WriteFolder(folder["model"], Filled(0));
        if (!OperatingSystem.IsLinux())
        {
            return; // there is a moment between two renames; the next test is about it
        }

        // What another process sees at a moment is what a killed one leaves.
        using var ended = new CancellationTokenSource();
        var (looks, missing) = (0, 0);
        var watcher = Task.Run(() =>
        {
            while (!ended.IsCancellationRequested)
            {
                looks++;
                missing += Directory.Exists(folder["model"]) ? 0 : 1;
            }
        });
        for (var i = 1; i <= 200; i++)
        {
            AtomicFile.WriteFolder(folder["model"], Filled(i));
        }

        await ended.CancelAsync();
        await watcher;
        missing.ShouldBe(0, $"of {looks} looks");
        File.ReadAllText(folder["model", "last.bin"]).ShouldBe("200");
        Directory.GetDirectories(folder.Path).Order().ShouldBe([folder["a"], folder["b"], folder["model"]]);

        static Action<string> Filled(int number) => partial =>
        {
            File.WriteAllText(Path.Combine(partial, "first.bin"), $"{number}");
            File.WriteAllText(Path.Combine(partial, "last.bin"), $"{number}");
        };
    }

    [Fact]
    public void WriteFolder_WithoutExchange_ReplacesAndPutsBackWhatAKilledProcessLeft()
    {
        using var folder = new TemporaryFolder();
        folder.Write("model/config.json", "old");
        AtomicFile.WriteFolder(folder["model"], partial => File.WriteAllText(Path.Combine(partial, "config.json"), "new"), (_, _) => false);
        File.ReadAllText(folder["model", "config.json"]).ShouldBe("new");
        Directory.GetFileSystemEntries(folder.Path).ShouldBe([folder["model"]]);

        // Killed between the two renames: the old folder is aside, the new one not yet in place. The next write fails, too.
        Directory.Move(folder["model"], folder[".model.old"]);
        folder.Write(".model.partial/config.json", "newer");
        Should.Throw<IOException>(() => AtomicFile.WriteFolder(folder["model"], _ => throw new IOException("disk full"), (_, _) => false));
        File.ReadAllText(folder["model", "config.json"]).ShouldBe("new");
        Directory.GetFileSystemEntries(folder.Path).ShouldBe([folder["model"]]);

        // Killed behind them: the new one counts.
        folder.Write(".model.old/config.json", "oldest");
        AtomicFile.WriteFolder(folder["model"], partial => File.WriteAllText(Path.Combine(partial, "config.json"), "newest"), (_, _) => false);
        File.ReadAllText(folder["model", "config.json"]).ShouldBe("newest");
        Directory.GetFileSystemEntries(folder.Path).ShouldBe([folder["model"]]);
    }
}
