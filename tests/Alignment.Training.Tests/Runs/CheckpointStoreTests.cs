using System.Text.Json.Nodes;
using Alignment.Training.Runs;
using Alignment.Training.Tests.Metrics;

namespace Alignment.Training.Tests.Runs;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CollectedLog _log = new();
    private string _content = "";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Latest_AfterSave_GivesStateAndParts()
    {
        var store = Store();
        _content = "weights";
        store.Save(100, [Part], new JsonObject { ["cursor"] = 7 });
        _content = "";

        var checkpoint = Store().Latest().ShouldNotBeNull();
        checkpoint.Load([Part]);

        checkpoint.Step.ShouldBe(100);
        ((int)checkpoint.State["cursor"]!).ShouldBe(7);
        _content.ShouldBe("weights");
        Path.GetFileName(checkpoint.Folder).ShouldBe("step-00000100");
    }

    [Fact]
    public void Save_ManyTimes_KeepsTheLastAndTheBest()
    {
        var store = Store(keepLast: 2);
        for (var step = 1; step <= 5; step++)
        {
            store.Save(step, [Part], [], bestStep: Math.Min(step, 2));
        }

        Folders().ShouldBe(["step-00000002", "step-00000004", "step-00000005"]);
    }

    [Theory]
    [InlineData("part.txt")]
    [InlineData("checkpoint.json")]
    public void Latest_NewestDamaged_GoesBackAndSaysSo(string file)
    {
        var store = Store();
        _content = "good";
        store.Save(1, [Part], []);
        store.Save(2, [Part], []);
        var path = _folder["checkpoints", "step-00000002", file];
        File.WriteAllText(path, File.ReadAllText(path).Replace("good", "goof").Replace("\"step\":2", "\"step\":3"));

        Store().Latest()!.Step.ShouldBe(1);
        _log.Text.ShouldContain("step-00000002");
        _log.Text.ShouldContain(file);
        Folders().ShouldBe(["step-00000001"]); // the damaged one can never come back as the newest
    }

    [Fact]
    public void Latest_PartMissingOrTruncated_GoesBack()
    {
        var store = Store(keepLast: 3);
        foreach (var step in (long[])[1, 2, 3])
        {
            store.Save(step, [Part], []);
        }

        File.Delete(_folder["checkpoints", "step-00000003", "part.txt"]);
        File.WriteAllText(_folder["checkpoints", "step-00000002", "checkpoint.json"], "{\"step\":2,");

        Store().Latest()!.Step.ShouldBe(1);
    }

    [Fact]
    public void Latest_HalfWrittenFolderOfAKilledRun_IsNotSeen()
    {
        Store().Save(1, [Part], []);
        _folder.Write("checkpoints/.step-00000002.partial/part.txt", "half");

        Store().Latest()!.Step.ShouldBe(1);
    }

    [Fact]
    public void Latest_OtherFingerprint_IsRefusedWithWhatToDo()
    {
        Store().Save(1, [Part], []);

        var error = Should.Throw<InvalidDataException>(() => Store(fingerprint: "other").Latest());

        error.Message.ShouldContain("other options, seed or inputs");
        Folders().ShouldBe(["step-00000001"]);
    }

    [Fact]
    public void Save_FailingPart_LeavesTheOldCheckpointsAlone()
    {
        var store = Store(keepLast: 1);
        store.Save(1, [Part], []);

        Should.Throw<IOException>(() => store.Save(2, [Part, new CheckpointPart("full", _ => throw new IOException("No space left on device"), _ => { })], []))
            .Message.ShouldContain("step 2");

        Folders().ShouldBe(["step-00000001"]);
        Store().Latest()!.Step.ShouldBe(1);
    }

    [Fact]
    public void Load_PartThatIsNotThere_NamesIt()
    {
        Store().Save(1, [Part], []);

        Should.Throw<InvalidDataException>(() => Store().Latest()!.Load([Part with { FileName = "value.safetensors" }])).Message.ShouldContain("value.safetensors");
    }

    private CheckpointPart Part => new("part.txt", path => File.WriteAllText(path, _content), path => _content = File.ReadAllText(path));

    private CheckpointStore Store(string fingerprint = "f", int keepLast = 2) => new(_folder["checkpoints"], fingerprint, _log.Logger, keepLast);

    private string[] Folders() => [.. Directory.GetFileSystemEntries(_folder["checkpoints"]).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
}
