using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>Counts of one thread: all objects of its scopes, and the tensors among them.</summary>
public class ThreadDisposeScopeStatistics
{
    private readonly LifetimeStatistics _others = new();

    public LifetimeStatistics TensorStatistics { get; } = new();

    public long CreatedInScopeCount => TensorStatistics.CreatedInScopeCount + _others.CreatedInScopeCount;

    public long CreatedOutsideScopeCount => TensorStatistics.CreatedOutsideScopeCount + _others.CreatedOutsideScopeCount;

    public long AttachedToScopeCount => TensorStatistics.AttachedToScopeCount + _others.AttachedToScopeCount;

    public long DetachedFromScopeCount => TensorStatistics.DetachedFromScopeCount + _others.DetachedFromScopeCount;

    public long DisposedInScopeCount => TensorStatistics.DisposedInScopeCount + _others.DisposedInScopeCount;

    public long DisposedOutsideScopeCount => TensorStatistics.DisposedOutsideScopeCount + _others.DisposedOutsideScopeCount;

    public long ThreadTotalLiveCount => TensorStatistics.ThreadTotalLiveCount + _others.ThreadTotalLiveCount;

    public void Reset()
    {
        TensorStatistics.Reset();
        _others.Reset();
    }

    public override string ToString() => TensorStatistics.ToString();

    internal void CountCreatedInScope() => TensorStatistics.CreatedInScopeCount++;

    internal void CountCreatedOutside() => TensorStatistics.CreatedOutsideScopeCount++;

    internal void CountDisposedOutside() => TensorStatistics.DisposedOutsideScopeCount++;

    internal void CountAttached(IDisposable disposable) => Of(disposable).AttachedToScopeCount++;

    internal void CountDetached(IDisposable disposable) => Of(disposable).DetachedFromScopeCount++;

    internal void CountDisposedInScope(IDisposable disposable) => Of(disposable).DisposedInScopeCount++;

    private LifetimeStatistics Of(IDisposable disposable) => disposable is Tensor ? TensorStatistics : _others;
}
