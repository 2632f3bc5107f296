using Alignment.Training.Runs;

namespace Alignment.Training.Tests.Runs;

public class RunFolderTests
{
    [Fact]
    public void Open_NewFolder_MakesItAndLeavesItEmpty()
    {
        using var folder = new TemporaryFolder();

        var run = RunFolder.Open(folder["runs", "a", "sft"]);

        Directory.GetFileSystemEntries(run.Root).ShouldBeEmpty();
    }

    [Fact]
    public void Open_AFileInTheWay_NamesTheFolderAndWhatToDo()
    {
        using var folder = new TemporaryFolder();
        folder.Write("runs", "a file");

        var error = Should.Throw<IOException>(() => RunFolder.Open(folder["runs", "sft"]));

        error.Message.ShouldContain(folder["runs", "sft"]);
        error.Message.ShouldContain("--run-dir");
    }

    [Fact]
    public void Clear_OldOutput_RemovesItAndNothingElse()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in (string[])["manifest.json", "metrics.jsonl", "report.html", "results.json", "notes.txt", "checkpoints/step-1/a", "model/b", "value_model/b", "tensorboard/c"])
        {
            folder.Write(name, "x");
        }

        new RunFolder(folder.Path).Clear(["results.json", "value_model", "absent/file"]);

        Directory.GetFileSystemEntries(folder.Path).ShouldBe([folder["notes.txt"]]);
    }
}
