using Alignment.Labeling.Store;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Tests.Store;

public sealed class PostgresLabelStoreTests(PostgresServer server) : LabelStoreContract, IClassFixture<PostgresServer>
{
    private static int _projects;

    private readonly string _location = server.Location($"p{Interlocked.Increment(ref _projects)}");

    private protected override async Task<ILabelStore> CreateAsync() => await PostgresLabelStore.CreateAsync(_location, Project, Clock);

    private protected override async Task<ILabelStore> ReopenAsync() => await PostgresLabelStore.OpenAsync(_location, clock: Clock);

    [Fact]
    public async Task Projects_OfOneDatabase_AreApart_AndMadeOnce()
    {
        (await LabelStores.ExistsAsync(_location)).ShouldBeFalse();
        (await Should.ThrowAsync<FileNotFoundException>(ReopenAsync)).Message.ShouldContain("alignment label export");
        await using var store = await LabelStores.CreateAsync(_location, Project);
        await store.AddTasksAsync(Made.Tasks(1));
        (await LabelStores.ExistsAsync(_location)).ShouldBeTrue();
        (await Should.ThrowAsync<IOException>(CreateAsync)).Message.ShouldContain("already");
        await using var other = await PostgresLabelStore.CreateAsync(server.Location("other"), Project);
        (await other.TasksAsync()).ShouldBeEmpty();
        (await other.AddVotesAsync([Made.Vote("t0", "ada")])).Single().Status.ShouldBe(VoteStatus.Unknown);
    }

    [Fact]
    public async Task AReader_DoesNotWrite()
    {
        await (await CreateAsync()).DisposeAsync();
        await using var reader = await LabelStores.OpenAsync(_location, readOnly: true);
        (await Should.ThrowAsync<IOException>(() => reader.AddVotesAsync([Made.Vote("t0", "ada")]))).Message.ShouldContain("for reading only");
    }

    [Fact]
    public async Task WithoutAClock_TheDatabasesTimeHolds()
    {
        await using var store = await PostgresLabelStore.CreateAsync(_location, Project);
        await store.AddTasksAsync(Made.Tasks(1));
        var until = (await store.AssignAsync("ada")).Single().Until;
        (until - DateTimeOffset.UtcNow).TotalMinutes.ShouldBe(60, 1);
    }

    [Fact]
    public async Task Texts_ThatTheDatabaseCannotHold_AreNoCrash()
    {
        await using var store = await CreateAsync();
        await store.AddTasksAsync([Made.Task("t0") with { Candidates = [new("nul \0 \u0001"), new("\uD83D\uDE00 '; DROP TABLE label_votes; --")] }]);
        (await store.FindTaskAsync("t0"))!.Candidates[0].Text.ShouldBe("nul \0 \u0001");
        (await store.FindTaskAsync("\0")).ShouldBeNull();
        (await store.AddVotesAsync([Made.Vote("t\0", "ada"), Made.Vote("t0", "a\0"), Made.Vote("t0", "ada", id: "x\0")])).Select(receipt => receipt.Status)
            .ShouldBe([VoteStatus.Unknown, VoteStatus.Invalid, VoteStatus.Invalid]);
        (await store.UndoAsync("ada", "\0")).Status.ShouldBe(VoteStatus.Unknown);
    }

    [Fact]
    public async Task SeveralServersAtOnce_KeepTheOverlap_AndSaveAVoteOnce()
    {
        const int annotators = 20;
        await using var first = await CreateAsync();
        await using var second = await ReopenAsync();
        await using var third = await ReopenAsync();
        ILabelStore[] stores = [first, second, third];
        await first.AddTasksAsync(Made.Tasks(60, overlap: 3));
        await Task.WhenAll(Enumerable.Range(0, annotators).Select(i => Task.Run(async () =>
        {
            for (var turn = i; await stores[turn % 3].AssignAsync($"a{i}", 2) is { Count: > 0 } given; turn++)
            {
                // The same votes to two servers at once, as a browser that lost its connection would.
                Vote[] votes = [.. given.Select(one => Made.Vote(one.Task.Id, $"a{i}"))];
                var receipts = await Task.WhenAll(stores[turn % 3].AddVotesAsync(votes), stores[(turn + 1) % 3].AddVotesAsync(votes));
                receipts.SelectMany(one => one).ShouldAllBe(receipt => receipt.IsStored);
                receipts.SelectMany(one => one).Count(receipt => receipt.Status == VoteStatus.Saved).ShouldBe(votes.Length);
            }
        })));
        var all = await first.VotesAsync();
        all.GroupBy(vote => vote.Task).Select(task => task.Count()).ShouldBe(Enumerable.Repeat(3, 60));
        (await second.ProgressAsync()).Done.ShouldBe(60);
    }

    [Fact]
    public async Task TheSameTasksAddedByTwoServers_StandOnce()
    {
        await using var first = await CreateAsync();
        await using var second = await ReopenAsync();
        var added = await Task.WhenAll(first.AddTasksAsync(Made.Tasks(50)), second.AddTasksAsync(Made.Tasks(50)));
        added.Sum().ShouldBe(50);
        (await first.TasksAsync()).Select(task => task.Id).ShouldBe(Made.Tasks(50).Select(task => task.Id));
    }

    [Fact]
    public async Task Progress_IsThatOfTheFolder()
    {
        using var folder = new TemporaryFolder();
        await using var embedded = FolderLabelStore.Create(folder.Path, Project, Clock);
        await using var store = await CreateAsync();
        foreach (var one in (ILabelStore[])[embedded, store])
        {
            await one.AddTasksAsync([.. Enumerable.Range(0, 30).Select(i => Made.Task($"t{i}", overlap: i % 4))]);
        }

        var random = new Random(5);
        for (var step = 0; step < 300; step++)
        {
            var (annotator, task, kind, old) = ($"a{random.Next(5)}", $"t{random.Next(30)}", random.Next(10), $"v{random.Next(step + 1)}");
            Clock.Now = Clock.Now.AddMinutes(random.Next(10));
            foreach (var one in (ILabelStore[])[embedded, store])
            {
                _ = kind switch
                {
                    < 3 => (object)await one.AssignAsync(annotator, 1 + (step % 3)),
                    < 8 => await one.AddVotesAsync([Made.Vote(task, annotator, kind == 3 ? Verdict.Skip : kind == 4 ? Verdict.Tie : Verdict.Of(1), id: $"v{step}") with { Adjudication = kind == 5 }]),
                    _ => await one.UndoAsync(annotator, old),
                };
            }

            if (step % 10 == 9)
            {
                var (expected, found) = (await embedded.ProgressAsync(), await store.ProgressAsync());
                found.Annotators.ShouldBe(expected.Annotators);
                (found with { Annotators = [] }).ShouldBe(expected with { Annotators = found.Annotators.Take(0).ToArray() }, $"step {step}");
                (await store.VotesAsync()).ShouldBe(await embedded.VotesAsync());
                (await store.AssignAsync("a9", 3)).Select(given => given.Task.Id).ShouldBe((await embedded.AssignAsync("a9", 3)).Select(given => given.Task.Id));
            }
        }
    }

    [Fact]
    public async Task AKilledDatabase_LosesNothing_AndIsWaitedFor()
    {
        await using var store = await PostgresLabelStore.CreateAsync(_location, Project);
        await store.AddTasksAsync(Made.Tasks(200));
        HashSet<string> acknowledged = [];
        var voting = Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(async () =>
        {
            while (await store.AssignAsync($"a{i}") is [var given])
            {
                var vote = Made.Vote(given.Task.Id, $"a{i}");
                (await store.AddVotesAsync([vote])).Single().IsStored.ShouldBeTrue();
                lock (acknowledged)
                {
                    acknowledged.Add(vote.Id);
                }
            }
        })));
        while (acknowledged.Count < 40)
        {
            await Task.Delay(5);
        }

        server.Kill();
        server.Start();
        await voting;
        var votes = await store.VotesAsync();
        votes.Count.ShouldBe(200);
        acknowledged.Except(votes.Select(vote => vote.Id)).ShouldBeEmpty();
        acknowledged.Count.ShouldBe(200);
    }

    [Fact]
    public async Task Tables_OfANewerProgram_AreRefused()
    {
        server.Execute("CREATE DATABASE newer");
        var location = server.Location("x", "newer");
        await (await PostgresLabelStore.CreateAsync(location, Project)).DisposeAsync();
        server.Execute("INSERT INTO label_migrations (version) VALUES (1000)", "newer");
        foreach (var isReader in new[] { true, false })
        {
            (await Should.ThrowAsync<InvalidDataException>(() => PostgresLabelStore.OpenAsync(location, isReader))).Message.ShouldContain("version 1000; this program knows versions up to 1");
        }
    }

    [Fact]
    public async Task Programs_ThatMakeTheTablesAtOnce_WaitForEachOther()
    {
        server.Execute("CREATE DATABASE fresh");
        await Should.ThrowAsync<FileNotFoundException>(() => PostgresLabelStore.OpenAsync(server.Location("x", "fresh"), readOnly: true)); // a reader makes no tables
        var stores = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => PostgresLabelStore.CreateAsync(server.Location($"x{i}", "fresh"), Project)));
        foreach (var store in stores)
        {
            (await store.AddTasksAsync(Made.Tasks(2))).ShouldBe(2);
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task AServerThatWouldLoseVotes_AndOneThatIsNotThere_AreErrors()
    {
        var message = (await Should.ThrowAsync<IOException>(() => PostgresLabelStore.OpenAsync(server.Location("x", "missing")))).Message;
        message.ShouldContain("missing");
        message.ShouldNotContain("word");
        server.Execute("ALTER SYSTEM SET fsync = off");
        server.Execute("SELECT pg_reload_conf()");
        try
        {
            await Task.Delay(300);
            (await Should.ThrowAsync<IOException>(CreateAsync)).Message.ShouldContain("fsync = off");
        }
        finally
        {
            server.Execute("ALTER SYSTEM RESET fsync");
            server.Execute("SELECT pg_reload_conf()");
            await Task.Delay(300);
        }
    }
}
