using System.Diagnostics;
using Alignment.Rollouts.Rewards;
using Alignment.Rollouts.Rewards.Services;
using Serilog.Core;
using static Alignment.Rollouts.Tests.Services.ServiceRewardTests;

namespace Alignment.Rollouts.Tests.Services;

public sealed class CommandRewardServiceTests : IDisposable
{
    private static readonly RewardServiceOptions Fast = new() { RetrySeconds = 0.001, TimeoutSeconds = 20, Retries = 2, Cache = "", BatchSize = 1 };

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "command-" + Path.GetRandomFileName());

    public CommandRewardServiceTests() => Directory.CreateDirectory(_folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Score_Persistent_OneProcessAnswersAllRequests()
    {
        using var reward = Of(Fast, "echo x >> starts; while read -r line; do echo \"{\\\"scores\\\": [${#line}]}\"; done");

        var scores = reward.Score([Item("f:1", "a"), Item("f:2", "über"), Item("f:3", "a b")], default);

        scores[2].ShouldBe(scores[0] + 2);
        Starts.ShouldBe(1);
    }

    [Fact]
    public void Score_PerBatch_AProcessForEachRequestThatSeesTheEndOfItsInput()
    {
        using var reward = Of(Fast with { Persistent = false, BatchSize = 2, Parallel = 2 }, "echo x >> starts; cat > /dev/null; echo '{\"scores\": [1, 2]}'");

        reward.Score([Item("f:1", "a"), Item("f:2", "b"), Item("f:3", "c"), Item("f:4", "d")], default).ShouldBe([1.0, 2, 1, 2]);
        Starts.ShouldBe(2);
    }

    [Fact]
    public void Score_ProcessThatDies_IsStartedAgain()
    {
        using var reward = Of(Fast, "echo x >> starts; read -r line; test $(wc -l < starts) -gt 2 || { echo 'out of memory' >&2; exit 3; }; echo '{\"scores\": [5]}'");

        reward.Score([Item("f:1", "a")], default).ShouldBe([5.0]);
        Starts.ShouldBe(3);
    }

    [Fact]
    public void Score_ProcessThatKeepsDying_ShowsItsErrorStreamAndExitCode()
    {
        using var reward = Of(Fast, "read -r line; echo 'no such model' >&2; exit 3");

        Should.Throw<RewardUnavailableException>(() => reward.Score([Item("f:1", "a")], default))
            .Message.ShouldContain("reward_command sh gave no score for 1 responses after 3 tries: it ended with exit code 3 before it answered; its error stream: no such model. They answer f:1");
    }

    [Fact]
    public void Score_SlowProcess_IsKilledWithItsChildren()
    {
        using var reward = Of(Fast with { TimeoutSeconds = 0.5, Retries = 1 }, "sleep 300 & echo $! >> children; wait");
        var begun = Stopwatch.GetTimestamp();

        Should.Throw<RewardUnavailableException>(() => reward.Score([Item("f:1", "a")], default)).Message.ShouldContain("no answer within 0.5 seconds");

        Stopwatch.GetElapsedTime(begun).TotalSeconds.ShouldBeLessThan(60);
        foreach (var child in File.ReadAllLines(Path.Combine(_folder, "children")).Select(int.Parse))
        {
            IsAlive(child).ShouldBeFalse();
        }
    }

    [Fact]
    public void Score_NoSuchProgram_IsNotTriedAgain()
    {
        using var service = new CommandRewardService(["/no/such/program"], Fast);
        using var reward = new ServiceReward(service, Fast, null!, Logger.None);

        Should.Throw<RewardUnavailableException>(() => reward.Score([Item("f:1", "a")], default)).Message.ShouldContain("reward_command program gave no score for 1 responses after 3 tries: cannot be started");
    }

    [Fact]
    public void Identity_OfAnotherScript_IsAnother()
    {
        var script = Path.Combine(_folder, "score.sh");
        File.WriteAllText(script, "one");
        using var one = new CommandRewardService(["sh", script], Fast);
        File.WriteAllText(script, "two");
        using var two = new CommandRewardService(["sh", script], Fast);

        one.Identity.ShouldNotBe(two.Identity);
    }

    private int Starts => File.ReadAllLines(Path.Combine(_folder, "starts")).Length;

    private ServiceReward Of(RewardServiceOptions options, string script) => new(new CommandRewardService(["sh", "-c", $"cd {_folder}; {script}"], options), options, null!, Logger.None);

    private static bool IsAlive(int process)
    {
        var status = $"/proc/{process}/stat";
        for (var i = 0; i < 100 && File.Exists(status); i++)
        {
            if (File.ReadAllText(status).Contains(") Z ", StringComparison.Ordinal))
            {
                return false; // ended, not yet waited for
            }

            Thread.Sleep(20);
        }

        return File.Exists(status);
    }
}
