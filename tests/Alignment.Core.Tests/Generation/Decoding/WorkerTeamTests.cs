using Alignment.Core.Generation.Decoding;

namespace Alignment.Core.Tests.Generation.Decoding;

public class WorkerTeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Run_ManyPiecesOneAfterTheOther_EveryPartSeesWhatAllDidBeforeTheWait(int parts)
    {
        using var team = new WorkerTeam(parts);
        var work = new Counting(parts);
        for (var i = 1; i <= 60; i++)
        {
            work.Round = i;
            team.Run(work);
            work.Seen.ShouldAllBe(sum => sum == i * parts);
            if (i % 20 == 0)
            {
                Thread.Sleep(5); // long enough for the others to fall asleep
            }
        }
    }

    [Fact]
    public void Share_AnyCount_CoversItOnce()
    {
        using var team = new WorkerTeam(3);
        Enumerable.Range(0, 3).SelectMany(part =>
        {
            var (from, to) = team.Share(10, part);
            return Enumerable.Range(from, to - from);
        }).ShouldBe(Enumerable.Range(0, 10));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Run_APartFails_TheCallerIsTold(int which)
    {
        using var team = new WorkerTeam(3);
        Should.Throw<InvalidDataException>(() => team.Run(new Failing(which))).Message.ShouldBe($"part {which}");
        var work = new Counting(3) { Round = 1 };
        team.Run(work); // and goes on
        work.Seen.ShouldAllBe(sum => sum == 3);
    }

    [Fact]
    public void Wait_APartIsSlow_TheOthersSleepUntilItComes()
    {
        using var team = new WorkerTeam(3);
        var work = new Slow();
        for (var i = 0; i < 5; i++)
        {
            team.Run(work);
            work.AllSlept.ShouldBeTrue();
        }
    }

    private sealed class Slow : ITeamWork
    {
        private readonly Thread[] _threads = new Thread[3];

        public bool AllSlept { get; private set; }

        public void Run(WorkerTeam team, int part)
        {
            _threads[part] = Thread.CurrentThread;
            team.Wait();
            if (part == 1)
            {
                AllSlept = SpinWait.SpinUntil(() => IsAsleep(_threads[0]) && IsAsleep(_threads[2]), TimeSpan.FromSeconds(20));
            }

            team.Wait();
        }

        private static bool IsAsleep(Thread thread) => thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin);
    }

    private sealed class Counting(int parts) : ITeamWork
    {
        private readonly int[] _done = new int[parts];

        public int Round { get; set; }

        public int[] Seen { get; } = new int[parts];

        public void Run(WorkerTeam team, int part)
        {
            _done[part] = Round;
            team.Wait();
            Seen[part] = _done.Sum();
        }
    }

    private sealed class Failing(int which) : ITeamWork
    {
        public void Run(WorkerTeam team, int part)
        {
            if (part == which)
            {
                throw new InvalidDataException($"part {which}");
            }
        }
    }
}
