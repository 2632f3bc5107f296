using Alignment.Rollouts.Tests.Services;
using Alignment.Tests;

namespace Alignment.Ppo.Tests;

public sealed class ServiceRewardTests
{
    private const string ByCommand = """
          ppo:
            kind: ppo
            model: ROOT/policy
            reward_command: [sh, ROOT/score.sh]
            reward_service: { batch_size: 1, retries: 1, retry_seconds: 0.001, cache: ROOT/cache }
            train: [ROOT/prompts.jsonl]
            data: { template: chatml, max_length: 64 }
            rollout_batch_size: 8
            max_new_tokens: 6
            temperature: 1.0
            ppo_epochs: 1
            training: { max_steps: 3, batch_size: 8, learning_rate: 0.003, save_every: 100, log_every: 1 }

        """;

    [Theory]
    [InlineData("reward_command: [sh, ROOT/score.sh]")]
    [InlineData("reward_url: ADDRESS")]
    public void Run_KilledWhileAServiceScores_EndsByteIdenticalAndAsksForNoScoreAgain(string reward)
    {
        using var server = new ScriptedServer();
        using var run = new TinyRun(ByCommand.Replace("reward_command: [sh, ROOT/score.sh]", reward.Replace("ADDRESS", server.Address.ToString())).Replace("ROOT/cache", "ROOT/cache-whole").Replace("save_every: 100", "save_every: 1"));
        File.WriteAllText(run.At("score.sh"), "while read -r line; do echo \"{\\\"scores\\\": [$(( ${#line} % 7 ))]}\"; done\n");
        var (code, error) = run.Start(run.At("whole"));
        code.ShouldBe(0, error);
        var asked = server.Requests.Count;

        // Another cache, so that the killed run has only its own scores to go on with.
        run.Pipeline(File.ReadAllText(run.At("pipeline.yaml")).Split("stages:\n")[1].Replace("cache-whole", "cache-killed"));
        foreach (var lines in (int[])[0, 1])
        {
            run.Start(run.At("killed"), StageProcess.Kill, () => StageProcess.LineCount(run.At("killed", "ppo")) >= lines && Directory.Exists(run.At("cache-killed")) && Directory.EnumerateFiles(run.At("cache-killed"), "*", SearchOption.AllDirectories).Any())
                .ExitCode.ShouldBe(128 + StageProcess.Kill);
        }

        (code, error) = run.Start(run.At("killed"));
        code.ShouldBe(0, error);
        TinyRun.Weights(run.At("killed", "ppo")).ShouldBe(TinyRun.Weights(run.At("whole", "ppo")));
        StageProcess.MetricLines(run.At("killed", "ppo")).ShouldBe(StageProcess.MetricLines(run.At("whole", "ppo")));
        (server.Requests.Count - asked).ShouldBeInRange(asked, asked + 8); // at most what was on its way when the process died is asked again
    }

    [Fact]
    public void Run_CommandThatFails_StopsWithACheckpointAndGoesOnToTheSameBytes()
    {
        using var run = new TinyRun(ByCommand);
        File.WriteAllText(run.At("score.sh"), """
            cd ROOT
            while read -r line; do
              echo x >> asked
              if [ -e broken ] && [ $(wc -l < asked) -gt 12 ]; then echo 'out of tokens' >&2; exit 7; fi
              echo "{\"scores\": [$(( ${#line} % 7 ))]}"
            done
            """.Replace("ROOT", run.Root));
        var (code, error) = run.Start(run.At("whole"));
        code.ShouldBe(0, error);
        var asked = Asked();

        // The same with a command that breaks in the second step.
        Directory.Delete(run.At("cache"), recursive: true);
        File.Delete(run.At("asked"));
        File.WriteAllText(run.At("broken"), "");
        (code, error) = run.Start(run.At("again"));
        code.ShouldBe(4, error);
        error.ShouldContain("reward_command sh: it ended with exit code 7 before it answered; its error stream: out of tokens; trying again in");
        error.ShouldContain("reward_command sh gave no score for");
        error.ShouldMatch(@"They answer \S+prompts\.jsonl:\d+.*Stopped after step 1; a checkpoint is written, run the same command to go on");
        error.ShouldNotContain("   at ");

        File.Delete(run.At("broken"));
        File.Delete(run.At("asked"));
        (code, error) = run.Start(run.At("again"));
        code.ShouldBe(0, error);
        error.ShouldContain("Resum");
        Asked().ShouldBe(asked - 12); // what was scored before is not asked again
        TinyRun.Weights(run.At("again", "ppo")).ShouldBe(TinyRun.Weights(run.At("whole", "ppo")));

        int Asked() => File.ReadAllLines(run.At("asked")).Length;
    }
}
