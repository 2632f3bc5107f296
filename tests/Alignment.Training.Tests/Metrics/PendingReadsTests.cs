using Alignment.Training.Metrics;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Training.Tests.Metrics;

public sealed class PendingReadsTests
{
    [Fact]
    public void Add_NumberOfTheHost_IsTakenAtOnce()
    {
        var taken = new List<double>();
        using var value = tensor(0.1f);

        new PendingReads().Add(value, taken.Add);

        taken.ShouldBe([0.1f]);
    }

    [Fact]
    public void Read_ManyTypesAndShapes_AreTakenInTheOrderOfTheirComing()
    {
        var reads = new PendingReads(holdsAll: true);
        var taken = new List<double>();
        using (NewDisposeScope())
        {
            reads.Add(tensor(0.1f), taken.Add);
            reads.AddAll(tensor(new[] { 1.0, 2, 3, 4, 5, 6 }, [3, 2]).t(), taken.AddRange); // not as it lies in memory
            reads.Add(tensor(1L << 52), taken.Add);
            reads.Add(tensor(0.1).requires_grad_(), 7, (state, value) => taken.Add(state * value));
            reads.Add(tensor(true), taken.Add);
        }

        taken.ShouldBeEmpty();
        reads.Read();

        taken.ShouldBe([0.1f, 1, 3, 5, 2, 4, 6, 1L << 52, 0.1 * 7, 1]);
        reads.Read();
        taken.Count.ShouldBe(10);
    }

    [Fact]
    public void Read_TakerThrows_DropsWhatCameAfterIt()
    {
        var reads = new PendingReads(holdsAll: true);
        var taken = new List<double>();
        using var value = tensor(1.0);
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        reads.Add(value, taken.Add);
        reads.Add(value, _ => throw new InvalidOperationException());
        reads.Add(value, taken.Add);

        Should.Throw<InvalidOperationException>(reads.Read);
        reads.Read();

        taken.ShouldBe([1]);
        DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount.ShouldBe(before);
    }
}
