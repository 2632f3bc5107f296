using static TorchSharp.torch;

namespace TorchSharp.Tests;

public class DisposeScopeTests
{
    public DisposeScopeTests() => DisposeScopeManager.Statistics.Reset();

    private static ThreadDisposeScopeStatistics Counts => DisposeScopeManager.Statistics;

    [Fact]
    public void Dispose_Scope_DisposesWhatWasMadeInside()
    {
        Tensor inside;
        using (var scope = NewDisposeScope())
        {
            inside = ones(2) + 1;
            scope.DisposablesCount.ShouldBe(2);
            scope.Contains(inside).ShouldBeTrue();
        }

        inside.IsInvalid.ShouldBeTrue();
        Counts.CreatedInScopeCount.ShouldBe(2);
        Counts.DisposedInScopeCount.ShouldBe(2);
        Counts.ThreadTotalLiveCount.ShouldBe(0);
        CurrentDisposeScope.ShouldBeNull();
    }

    [Fact]
    public void MoveToOuter_InnerScope_SurvivesIt()
    {
        using var outer = NewDisposeScope();
        Tensor kept;
        using (NewDisposeScope())
        {
            kept = ones(2).MoveToOuterDisposeScope();
            ones(3);
        }

        kept.IsInvalid.ShouldBeFalse();
        outer.Contains(kept).ShouldBeTrue();
        Counts.DetachedFromScopeCount.ShouldBe(0);
    }

    [Fact]
    public void MoveToOuter_OutermostScope_Detaches()
    {
        Tensor kept;
        using (NewDisposeScope())
        {
            kept = ones(2).MoveToOuterDisposeScope();
        }

        kept.IsInvalid.ShouldBeFalse();
        Counts.DetachedFromScopeCount.ShouldBe(1);
        kept.Dispose();
        Counts.DisposedOutsideScopeCount.ShouldBe(1);
        Counts.ThreadTotalLiveCount.ShouldBe(0);
    }

    [Fact]
    public void MoveToOther_Scope_BelongsThere()
    {
        using var first = NewDisposeScope();
        var anchor = ones(1);
        using var second = NewDisposeScope();
        var moved = ones(2).MoveToOtherDisposeScope(anchor);

        first.Contains(moved).ShouldBeTrue();
        second.Contains(moved).ShouldBeFalse();
    }

    [Fact]
    public void Attach_FreeTensor_DiesWithTheScope()
    {
        var free = ones(2);
        using (var scope = NewDisposeScope())
        {
            scope.Attach(free);
        }

        free.IsInvalid.ShouldBeTrue();
        Counts.CreatedOutsideScopeCount.ShouldBe(1);
        Counts.AttachedToScopeCount.ShouldBe(1);
        Counts.DisposedInScopeCount.ShouldBe(1);
    }

    [Fact]
    public void DisposeEverythingBut_Kept_StaysInTheScope()
    {
        using var scope = NewDisposeScope();
        var (kept, dropped) = (ones(2), ones(2));
        scope.DisposeEverythingBut(kept);

        kept.IsInvalid.ShouldBeFalse();
        dropped.IsInvalid.ShouldBeTrue();
        scope.DisposablesCount.ShouldBe(1);
    }

    [Fact]
    public void Dispose_TensorInScope_IsCountedOnce()
    {
        using (var scope = NewDisposeScope())
        {
            ones(2).Dispose();
            scope.DisposablesCount.ShouldBe(0);
        }

        Counts.DisposedInScopeCount.ShouldBe(1);
        Counts.TensorStatistics.ThreadTotalLiveCount.ShouldBe(0);
    }

    [Fact]
    public void Scope_OtherThread_HasItsOwn()
    {
        using var scope = NewDisposeScope();
        var seen = scope;
        var thread = new Thread(() =>
        {
            seen = CurrentDisposeScope;
            ones(2).Dispose();
        });
        thread.Start();
        thread.Join();

        seen.ShouldBeNull();
        scope.DisposablesCount.ShouldBe(0);
    }

    [Fact]
    public void WrappedScope_Result_LeavesAlone()
    {
        using var scope = NewDisposeScope();
        var result = WrappedTensorDisposeScope(() => (ones(2) + 1) * 2);

        result.sum().item<float>().ShouldBe(8);
        scope.DisposablesCount.ShouldBe(2);
    }

    [Fact]
    public void Finalizer_ForgottenTensors_LetGoOfMemory()
    {
        Forget();
        long live;
        var attempts = 0;
        do
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            live = Tensor.TotalCount;
        }
        while (live > 20_000 && attempts++ < 20);

        live.ShouldBeLessThan(20_000);

        static void Forget()
        {
            for (var k = 0; k < 30_000; k++)
            {
                zeros(1);
            }
        }
    }

    [Fact]
    public void Steps_InScopes_KeepTheLiveCountFlat()
    {
        using var weight = randn(8, 8).requires_grad_();
        var counts = new List<long>();
        for (var step = 0; step < 20; step++)
        {
            using var scope = NewDisposeScope();
            var loss = (weight.matmul(ones(8, 4)).tanh() * 3).mean();
            loss.backward();
            var norm = weight.grad!.norm().item<float>();
            weight.grad!.zero_();
            norm.ShouldBeGreaterThan(0);
            scope.Dispose();
            counts.Add(Counts.ThreadTotalLiveCount);
        }

        counts.Distinct().Count().ShouldBe(1);
    }
}
