using System.Diagnostics;
using System.Text.Json.Nodes;
using Alignment.Data.Tokenization;
using Alignment.Rollouts.Rewards;
using Alignment.Rollouts.Rewards.Services;
using Serilog.Core;
using static Alignment.Rollouts.Tests.Services.ScriptedServer;

namespace Alignment.Rollouts.Tests.Services;

public sealed class ServiceRewardTests : IDisposable
{
    private static readonly RewardServiceOptions Fast = new() { RetrySeconds = 0.001, TimeoutSeconds = 5, Retries = 9, Cache = "" };

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "service-" + Path.GetRandomFileName());

    public ServiceRewardTests() => Directory.CreateDirectory(_folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Score_ServerThatFailsInEveryWay_IsAskedUntilItAnswers()
    {
        using var server = new ScriptedServer(
            Status(429, "0"), Status(500), Answer("<html>"), Answer("{\"scores\": [NaN]}"), Answer("{\"scores\": [\"1\"]}"), Answer("{\"scores\": []}"), Answer("{\"score\": [1]}"),
            Slow(TimeSpan.FromSeconds(3)), Cut);
        using var reward = Over(server, Fast with { TimeoutSeconds = 0.5, Retries = 9 });

        reward.Score([Item("f:1", "abc")], default).ShouldBe([3.0]);

        server.Requests.Count.ShouldBe(10);
        server.Requests.TryPeek(out var request).ShouldBeTrue();
        request!.ToJsonString().ShouldBe("""{"prompts":["p"],"responses":["abc"],"columns":[{"answer":7}]}""");
    }

    [Fact]
    public void Score_RetryAfter_IsWaitedFor()
    {
        using var server = new ScriptedServer(Status(429, "1"));
        using var reward = Over(server, Fast);
        var begun = Stopwatch.GetTimestamp();

        reward.Score([Item("f:1", "abc")], default);

        Stopwatch.GetElapsedTime(begun).TotalSeconds.ShouldBeGreaterThan(0.99);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(302)]
    public void Score_RefusedRequest_IsNotTriedAgainAndNamesTheRows(int status)
    {
        using var server = new ScriptedServer([.. Enumerable.Repeat(Status(status), 20)]);
        using var reward = Over(server, Fast);

        var error = Should.Throw<RewardUnavailableException>(() => reward.Score([Item("f:1", "abc"), Item("f:2", "abcd")], default)).Message;

        server.Requests.Count.ShouldBe(1);
        error.ShouldContain($"reward_url {server.Address}");
        error.ShouldContain($"status {status}, 'no'");
        error.ShouldContain("They answer f:1, f:2");
    }

    [Fact]
    public void Score_OneBatchFailsForGood_KeepsTheScoresOfTheOthers()
    {
        using var server = new ScriptedServer([.. Enumerable.Repeat(Answer("{}"), 3)]);
        using var reward = Over(server, Fast with { BatchSize = 1, Parallel = 1, Retries = 2 });
        RewardItem[] items = [Item("f:1", "a"), Item("f:2", "ab"), Item("f:3", "abc")];

        Should.Throw<RewardUnavailableException>(() => reward.Score(items, default)).Message.ShouldContain("gave no score for 1 responses after 3 tries: the answer has no list 'scores': '{}'. They answer f:1");
        server.Requests.Count.ShouldBe(5);

        reward.Score(items, default).ShouldBe([1.0, 2, 3]); // the server has come back: only the failed one is asked for again
        server.Requests.Count.ShouldBe(6);
    }

    [Fact]
    public void Score_KnownContent_IsNeverAskedForAgain()
    {
        using var server = new ScriptedServer();
        var options = Fast with { Cache = _folder };
        RewardItem[] items = [Item("f:1", "a"), Item("f:2", "ab"), Item("f:9", "a"), Item("f:3", "a") with { Columns = new JsonObject { ["answer"] = 8 } }];
        using (var first = Over(server, options))
        {
            first.Score(items, default).ShouldBe([1.0, 2, 1, 1]);
        }

        server.Requests.Single()["responses"]!.AsArray().Count.ShouldBe(3); // equal ones once; other columns are another question

        // A crash cut the file's last line: that score alone is asked for again.
        var file = Directory.GetFiles(_folder).Single();
        File.WriteAllText(file, File.ReadAllText(file)[..^4]);
        using var second = Over(server, options);
        second.Score(items, default).ShouldBe([1.0, 2, 1, 1]);
        server.Requests.Count.ShouldBe(2);
        server.Requests.Last()["responses"]!.AsArray().Count.ShouldBe(1);
        using var third = Over(server, options);
        third.Score(items, default).ShouldBe([1.0, 2, 1, 1]);
        server.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public void Score_ManyBatches_RunSideBySideUpToTheBound()
    {
        using var server = new ScriptedServer { Delay = TimeSpan.FromMilliseconds(50) };
        using var reward = Over(server, Fast with { BatchSize = 2, Parallel = 3 });

        var scores = reward.Score([.. Enumerable.Range(1, 20).Select(i => Item($"f:{i}", new string('x', i)))], default);

        scores.ShouldBe(Enumerable.Range(1, 20).Select(i => (double)i));
        server.Requests.Count.ShouldBe(10);
        server.MostActive.ShouldBeInRange(2, 3);
    }

    [Fact]
    public void Score_Cancelled_EndsAtOnce()
    {
        using var server = new ScriptedServer(Slow(TimeSpan.FromSeconds(20)));
        using var reward = Over(server, Fast with { TimeoutSeconds = 60 });
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        var begun = Stopwatch.GetTimestamp();

        Should.Throw<OperationCanceledException>(() => reward.Score([Item("f:1", "a")], cancel.Token));

        Stopwatch.GetElapsedTime(begun).TotalSeconds.ShouldBeLessThan(15);
    }

    [Fact]
    public void Score_ServiceThatAlwaysFails_IsLeftAloneForAWhile()
    {
        var service = new Broken();
        using var reward = new ServiceReward(service, Fast with { Retries = 11 }, null!, Logger.None);
        var begun = Stopwatch.GetTimestamp();

        Should.Throw<RewardUnavailableException>(() => reward.Score([Item("f:1", "a")], default));

        service.Calls.ShouldBeLessThan(12); // the breaker opened after ten
        Stopwatch.GetElapsedTime(begun).TotalSeconds.ShouldBeGreaterThan(0.4);
    }

    [Fact]
    public void Key_GoesIntoTheHeaderAndNowhereElse()
    {
        const string Variable = "ALIGNMENT_TEST_REWARD_KEY";
        Should.Throw<InvalidDataException>(() => new HttpRewardService(new Uri("http://localhost/"), Fast with { KeyEnv = Variable })).Message.ShouldContain("is not set");
        Environment.SetEnvironmentVariable(Variable, "s3cret");
        using var server = new ScriptedServer(Status(403));
        using var reward = Over(server, Fast with { KeyEnv = Variable });

        var error = Should.Throw<RewardUnavailableException>(() => reward.Score([Item("f:1", "a")], default)).Message;

        server.Keys.ShouldBe(["Bearer s3cret"]);
        error.ShouldNotContain("s3cret");
    }

    internal static RewardItem Item(string row, string response) => new("p", response, new JsonObject { ["answer"] = 7 }, row);

    private static ServiceReward Over(ScriptedServer server, RewardServiceOptions options) => new(new HttpRewardService(server.Address, options), options, (TextTokenizer)null!, Logger.None);

    private sealed class Broken : IRewardService
    {
        public int Calls { get; private set; }

        public string Name => "broken";

        public string Identity => "broken";

        public int Parallel => 1;

        public Task<double[]> ScoreAsync(IReadOnlyList<RewardItem> items, CancellationToken cancel)
        {
            Calls++;
            throw new RewardServiceException("down");
        }

        public void Dispose()
        {
        }
    }
}
