using System.Diagnostics;
using System.Text;
using Alignment.Data;
using Alignment.Labeling.Store;

namespace Alignment.Labeling.Tests.Store;

public sealed class FolderLabelStoreTests : LabelStoreContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Votes => _folder.File(FolderLabelStore.VotesFile);

    public void Dispose() => _folder.Dispose();

    private protected override Task<ILabelStore> CreateAsync() => Task.FromResult<ILabelStore>(FolderLabelStore.Create(_folder.Path, Project, Clock));

    private protected override Task<ILabelStore> ReopenAsync() => Task.FromResult<ILabelStore>(FolderLabelStore.Open(_folder.Path, clock: Clock));

    private async Task TwoVotesAsync()
    {
        await using var store = await CreateAsync();
        await store.AddTasksAsync(Made.Tasks(3));
        await store.AddVotesAsync([Made.Vote("t0", "ada"), Made.Vote("t1", "ada")]);
    }

    [Fact]
    public async Task ALineThatWasBeingWritten_DoesNotCount_AndIsCutOff()
    {
        await TwoVotesAsync();
        var whole = await File.ReadAllBytesAsync(Votes);
        for (var cut = 1; cut < 60; cut += 7)
        {
            await File.WriteAllBytesAsync(Votes, whole[..^cut]);
            await using var store = await ReopenAsync();
            (await store.VotesAsync()).Select(vote => vote.Task).ShouldBe(["t0"]);
            (await store.AddVotesAsync([Made.Vote("t2", "ada")])).Single().Status.ShouldBe(VoteStatus.Saved);
            await store.DisposeAsync();
            await using var again = await ReopenAsync();
            (await again.VotesAsync()).Select(vote => vote.Task).ShouldBe(["t0", "t2"]);
        }
    }

    [Fact]
    public async Task AChangedLine_IsRefusedWithItsNumber()
    {
        await TwoVotesAsync();
        var text = await File.ReadAllTextAsync(Votes);
        await File.WriteAllTextAsync(Votes, text.Replace("\"choice\":0", "\"choice\":1", StringComparison.Ordinal));
        (await Should.ThrowAsync<DataFormatException>(ReopenAsync)).Message.ShouldStartWith($"{Votes}:1: the line is damaged");
    }

    [Fact]
    public async Task VotesOfAnotherProject_AreRefused()
    {
        await TwoVotesAsync();
        File.Delete(_folder.File(FolderLabelStore.TasksFile));
        (await Should.ThrowAsync<DataFormatException>(ReopenAsync)).Message.ShouldContain("not of the same project");
    }

    [Fact]
    public async Task ASecondWriter_IsRefused_AReaderIsNot()
    {
        await using var store = await CreateAsync();
        await store.AddTasksAsync(Made.Tasks(2));
        await store.AddVotesAsync([Made.Vote("t0", "ada")]);
        (await Should.ThrowAsync<IOException>(ReopenAsync)).Message.ShouldContain("another process");
        await using var reader = FolderLabelStore.Open(_folder.Path, readOnly: true);
        (await reader.VotesAsync()).Count.ShouldBe(1);
        (await Should.ThrowAsync<IOException>(() => reader.AddVotesAsync([Made.Vote("t1", "ada")]))).Message.ShouldContain("for reading only");
    }

    [Fact]
    public void NoProject_SaysHowToMakeOne() =>
        Should.Throw<FileNotFoundException>(() => FolderLabelStore.Open(_folder.Path)).Message.ShouldContain("alignment label export --project");

    [Fact]
    public async Task Journal_IsPlainJsonLines()
    {
        await TwoVotesAsync();
        var lines = await File.ReadAllLinesAsync(Votes, Encoding.UTF8);
        lines.Length.ShouldBe(2);
        System.Text.Json.Nodes.JsonNode.Parse(lines[1])!["vote"]!["task"]!.GetValue<string>().ShouldBe("t1");
    }

    [Fact]
    public async Task KilledFiveTimes_NothingAcknowledgedIsLost_NothingIsDoubled()
    {
        const int tasks = 400;
        const int overlap = 2;
        await using (var store = FolderLabelStore.Create(_folder.Path, Project))
        {
            await store.AddTasksAsync(Made.Tasks(tasks, overlap));
        }

        HashSet<string> acknowledged = [];
        for (var kill = 1; kill <= 5; kill++)
        {
            using var voters = StartVoters();
            for (var i = 0; i < 30 + (kill * 17) && await voters.StandardOutput.ReadLineAsync() is { } id; i++)
            {
                acknowledged.Add(id).ShouldBeTrue($"{id} was acknowledged twice");
            }

            voters.Kill();
            while (await voters.StandardOutput.ReadLineAsync() is { } id)
            {
                acknowledged.Add(id).ShouldBeTrue($"{id} was acknowledged twice");
            }

            await voters.WaitForExitAsync();
            await using var store = FolderLabelStore.Open(_folder.Path, readOnly: true);
            var saved = await store.VotesAsync();
            acknowledged.Except(saved.Select(vote => vote.Id)).ShouldBeEmpty("acknowledged votes are lost");
            acknowledged.UnionWith(saved.Select(vote => vote.Id)); // saved, and the process was killed before it could say so
        }

        await Voters.VoteAsync(_folder.Path, annotators: 20, TextWriter.Null);
        await using var last = FolderLabelStore.Open(_folder.Path, readOnly: true);
        var votes = await last.VotesAsync();
        votes.Count.ShouldBe(tasks * overlap);
        votes.Select(vote => (vote.Task, vote.Annotator)).Distinct().Count().ShouldBe(tasks * overlap);
        acknowledged.Except(votes.Select(vote => vote.Id)).ShouldBeEmpty();
    }

    private Process StartVoters() => Process.Start(new ProcessStartInfo("dotnet", ["exec", typeof(Voters).Assembly.Location, _folder.Path, "20"])
    {
        RedirectStandardOutput = true,
    })!;
}
