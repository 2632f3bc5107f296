using Alignment.Labeling.Server;
using Alignment.Labeling.Store;
using Alignment.Labeling.Tasks;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Tests.Server;

/// <summary>The HTTP API, as the page and scripts use it.</summary>
public sealed class LabelServerTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private LabelServer? _server;
    private ILabelStore? _store;

    public async ValueTask DisposeAsync()
    {
        await (_server?.DisposeAsync() ?? default);
        await (_store?.DisposeAsync() ?? default);
        _folder.Dispose();
    }

    private async Task<PageClient> ServeAsync(params LabelTask[] tasks)
    {
        (_server, _store) = await PageClient.ServeAsync(_folder.Path, tasks);
        return new(_server.Address);
    }

    [Fact]
    public async Task Next_GivesTextsInTheShownOrder_AndNothingThatGivesModelsAway()
    {
        using var client = await ServeAsync(Made.Task("t", candidates: 4) with { Gold = Verdict.Of(1) });
        await client.AsAsync("ada");
        var (_, answer) = await client.GetAsync("/api/next?count=5");
        var item = answer["items"]!.AsArray().Single()!;
        var order = item["order"]!.AsArray().Select(node => node!.GetValue<int>()).ToList();
        order.ShouldBe(SideOrder.Of(3, "t", "ada", 4));
        item["answers"]!.AsArray().Select(node => node!["text"]!.GetValue<string>()).ShouldBe(order.Select(i => $"answer {i} of t"));
        item["prompt"]!["html"]!.GetValue<string>().ShouldBe("<p>prompt of t</p>");
        item["heldSeconds"]!.GetValue<double>().ShouldBeInRange(3590, 3600);
        answer.ToJsonString().ShouldNotContain("model");
        answer.ToJsonString().ShouldNotContain("gold");
        answer["progress"]!.ToJsonString().ShouldBe("""{"tasks":1,"done":0,"votes":0,"skips":0,"open":1}""");
    }

    [Fact]
    public async Task Votes_AreKeptInTheTasksOwnNumbering()
    {
        using var client = await ServeAsync(Made.Task("pair"), Made.Task("many", candidates: 4));
        await client.AsAsync("ada");
        var pair = SideOrder.Of(3, "pair", "ada", 2);
        var many = SideOrder.Of(3, "many", "ada", 4);
        var (status, body) = await client.PostAsync("/api/votes", new
        {
            votes = new object[]
            {
                new { id = "v1", task = "pair", choice = 1, strength = 3, comment = " good ", seconds = 4.5, shown = pair },
                new { id = "v2", task = "many", choice = 2, ranking = new[] { 2, 0, 3, 1 } },
                new { id = "v3", task = "pair", choice = "tie" },
                new { id = "v4", task = "nowhere", choice = "skip" },
                new { id = "v5", task = "many", choice = 7 },
                new { id = "v6", task = "many", choice = 0, shown = many.Reverse() },
            },
        });
        status.ShouldBe(200);
        body["receipts"]!.AsArray().Select(receipt => $"{receipt!["id"]} {receipt["status"]}").ShouldBe(["v1 saved", "v2 saved", "v3 alreadyVoted", "v4 unknown", "v5 invalid", "v6 invalid"]);
        var votes = await _store!.VotesAsync();
        votes[0].ShouldSatisfyAllConditions(
            vote => vote.Choice.ShouldBe(Verdict.Of(pair[1])),
            vote => vote.Strength.ShouldBe(3),
            vote => vote.Comment.ShouldBe(" good "),
            vote => vote.Seconds.ShouldBe(4.5),
            vote => vote.Shown.ShouldBe(pair),
            vote => vote.Origin.ShouldBe("page"),
            vote => vote.Annotator.ShouldBe("ada"));
        votes[1].Choice.ShouldBe(Verdict.Of(many[2]));
        votes[1].Ranking.ShouldBe([many[2], many[0], many[3], many[1]]);
    }

    [Fact]
    public async Task AVoteSentAgain_IsSavedOnce()
    {
        using var client = await ServeAsync(Made.Task("t", overlap: 2));
        await client.AsAsync("ada");
        (await client.VoteAsync("t", 0, "same")).ShouldBe("saved");
        (await client.VoteAsync("t", 0, "same")).ShouldBe("repeated");
        (await client.VoteAsync("t", 1, "same")).ShouldBe("idTaken");
        (await client.VoteAsync("t", 0, "other")).ShouldBe("alreadyVoted");
        (await _store!.VotesAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task ATimeGivenByThePage_Counts_UnlessItIsAbsurd()
    {
        using var client = await ServeAsync(Made.Tasks(3));
        await client.AsAsync("ada");
        var now = TimeProvider.System.GetUtcNow();
        await client.PostAsync("/api/votes", new
        {
            votes = new object[]
            {
                new { id = "a", task = "t0", choice = 0, at = now.AddHours(-2) },
                new { id = "b", task = "t1", choice = 0, at = now.AddHours(2) },
                new { id = "c", task = "t2", choice = 0, at = now.AddYears(-2) },
            },
        });
        var votes = await _store!.VotesAsync();
        votes[0].At.ShouldBe(now.AddHours(-2));
        votes.Skip(1).ShouldAllBe(vote => vote.At >= now.AddMinutes(-1) && vote.At <= TimeProvider.System.GetUtcNow());
    }

    [Fact]
    public async Task Undo_GivesTheTaskAgain()
    {
        using var client = await ServeAsync(Made.Tasks(1));
        await client.AsAsync("ada");
        await client.VoteAsync("t0", "both_bad", "v");
        var (_, body) = await client.PostAsync("/api/undo", new { vote = "v" });
        body["status"]!.GetValue<string>().ShouldBe("saved");
        body["item"]!["task"]!.GetValue<string>().ShouldBe("t0");
        (await _store!.VotesAsync()).ShouldBeEmpty();
        (await client.NextAsync())["task"]!.GetValue<string>().ShouldBe("t0");
        (await client.PostAsync("/api/undo", new { vote = "nobody's" })).Body["status"]!.GetValue<string>().ShouldBe("unknown");
    }

    [Fact]
    public async Task Progress_CountsOnesOwnVotesAtOnce()
    {
        using var client = await ServeAsync(Made.Tasks(4));
        await client.AsAsync("ada");
        await client.GetAsync("/api/next?count=3");
        for (var i = 0; i < 3; i++)
        {
            await client.VoteAsync($"t{i}", i == 2 ? "skip" : 0, $"v{i}");
            (await client.GetAsync("/api/progress")).Body.ToJsonString().ShouldBe($$"""{"tasks":4,"done":{{Math.Min(i + 1, 2)}},"votes":{{Math.Min(i + 1, 2)}},"skips":{{i / 2}},"open":{{3 - i}}}""");
        }

        await client.PostAsync("/api/undo", new { vote = "v0" });
        (await client.GetAsync("/api/progress")).Body["votes"]!.GetValue<int>().ShouldBe(1);
    }

    [Fact]
    public async Task NobodyUndoesAnothersVote()
    {
        using var ada = await ServeAsync(Made.Tasks(1));
        await ada.AsAsync("ada");
        await ada.VoteAsync("t0", 0, "v");
        using var bob = new PageClient(_server!.Address);
        await bob.AsAsync("bob");
        (await bob.PostAsync("/api/undo", new { vote = "v" })).Body["status"]!.GetValue<string>().ShouldBe("unknown");
        (await _store!.VotesAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task TwentyAnnotatorsAtOnce_NeverGetMoreThanTheOverlap()
    {
        const int overlap = 3;
        using var first = await ServeAsync(Made.Tasks(20, overlap));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(async () =>
        {
            using var client = new PageClient(_server!.Address);
            await client.AsAsync($"annotator-{i}");
            while ((await client.GetAsync("/api/next?count=2")).Body["items"]!.AsArray() is { Count: > 0 } items)
            {
                foreach (var item in items)
                {
                    (await client.VoteAsync(item!["task"]!.GetValue<string>(), i % 2)).ShouldBe("saved");
                }
            }
        })));
        var votes = await _store!.VotesAsync();
        votes.CountBy(vote => vote.Task).ShouldAllBe(pair => pair.Value == overlap);
        votes.Count.ShouldBe(60);
    }

    [Fact]
    public async Task Admin_SettlesSplitTasks_AndSeesTheReport()
    {
        using var ada = await ServeAsync([.. Made.Tasks(2, overlap: 2), Made.Task("gold", overlap: 0) with { Gold = Verdict.Of(0) }]);
        using var bob = new PageClient(_server!.Address);
        using var admin = new PageClient(_server.Address);
        await ada.AsAsync("ada");
        await bob.AsAsync("bob");
        await admin.AsAsync("eve", PageClient.Options.AdminToken);
        await VoteForAsync(ada, "t0", "ada", candidate: 0);
        (await admin.GetAsync("/api/adjudication/next")).Body["open"]!.GetValue<int>().ShouldBe(0, "the second vote is still to come");
        await VoteForAsync(bob, "t0", "bob", candidate: 1);
        await VoteForAsync(ada, "t1", "ada", candidate: 0);
        await VoteForAsync(bob, "t1", "bob", candidate: 0);
        await VoteForAsync(ada, "gold", "ada", candidate: 0);
        await VoteForAsync(bob, "gold", "bob", candidate: 1); // known already: nothing to settle

        var (_, answer) = await admin.GetAsync("/api/adjudication/next");
        var item = answer["items"]!.AsArray().Single()!;
        item["task"]!.GetValue<string>().ShouldBe("t0");
        var order = item["order"]!.AsArray().Select(node => node!.GetValue<int>()).ToList();
        item["votes"]!.AsArray().Select(vote => (vote!["annotator"]!.GetValue<string>(), order[int.Parse(vote["choice"]!.GetValue<string>(), null)])).ShouldBe([("ada", 0), ("bob", 1)]);

        var (_, report) = await admin.GetAsync("/api/admin/report");
        report["report"]!["splitTasks"]!.GetValue<int>().ShouldBe(2);
        report["report"]!["rawAgreement"]!["mean"]!.GetValue<double>().ShouldBe(1 / 3.0, 1e-9);
        report["progress"]!["annotators"]!.AsArray().Count.ShouldBe(2);

        var (_, receipts) = await admin.PostAsync("/api/adjudication/votes", new { votes = new[] { new { id = "settled", task = "t0", choice = order.IndexOf(1) } } });
        receipts["receipts"]![0]!["status"]!.GetValue<string>().ShouldBe("saved");
        (await _store!.VotesAsync()).Last().ShouldSatisfyAllConditions(vote => vote.Adjudication.ShouldBeTrue(), vote => vote.Choice.ShouldBe(Verdict.Of(1)));
        (await admin.GetAsync("/api/adjudication/next")).Body["settled"]!.GetValue<int>().ShouldBe(1);
    }

    [Fact]
    public async Task AnAnnotatorIsNoAdmin()
    {
        using var client = await ServeAsync(Made.Tasks(1));
        (await client.GetAsync("/api/admin/report")).Status.ShouldBe(401);
        await client.AsAsync("ada");
        (await client.GetAsync("/api/admin/report")).Status.ShouldBe(403);
        (await client.GetAsync("/api/adjudication/next")).Status.ShouldBe(403);
        (await client.PostAsync("/api/adjudication/votes", new { votes = new[] { new { id = "v", task = "t0", choice = 0 } } })).Status.ShouldBe(403);
    }

    [Fact]
    public async Task PageAndItsFiles_AreThere()
    {
        using var client = await ServeAsync(Made.Tasks(1));
        using var page = await client.SendAsync(HttpMethod.Get, "/");
        var html = await page.Content.ReadAsStringAsync();
        page.Content.Headers.ContentType!.ToString().ShouldBe("text/html; charset=utf-8");
        foreach (var file in System.Text.RegularExpressions.Regex.Matches(html, "(?:src|href)=\"(/app/[^\"]+)\"").Select(match => match.Groups[1].Value))
        {
            using var answer = await client.SendAsync(HttpMethod.Get, file);
            answer.IsSuccessStatusCode.ShouldBeTrue(file);
        }
    }

    private static async Task VoteForAsync(PageClient client, string task, string annotator, int candidate)
    {
        var place = SideOrder.Of(3, task, annotator, 2).ToList().IndexOf(candidate);
        (await client.VoteAsync(task, place)).ShouldBe("saved");
    }
}
