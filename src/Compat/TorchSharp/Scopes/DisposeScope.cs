using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>Owns the tensors made while it is the thread's innermost scope, and disposes what it still owns when it ends.</summary>
public sealed class DisposeScope : IDisposable
{
    private readonly DisposeScopeManager _manager;
    private HashSet<IDisposable>? _owned;

    internal DisposeScope(DisposeScopeManager manager, DisposeScope? outer)
    {
        _manager = manager;
        OuterScope = outer;
    }

    /// <summary>Taken from the thread's spare ones with the first object, and given back in the end: a step opens hundreds of scopes.</summary>
    private HashSet<IDisposable> Owned => _owned ??= _manager.RentSet();

    public int DisposablesCount => _owned?.Count ?? 0;

    public IReadOnlyList<IDisposable> DisposablesView => [.. Owned];

    internal DisposeScope? OuterScope { get; set; }

    public bool Contains(IDisposable disposable) => Owned.Contains(disposable);

    public void Attach(IDisposable disposable) => AttachOne(disposable);

    public void Attach(params IDisposable[] disposables) => Attach((IEnumerable<IDisposable>)disposables);

    public IReadOnlyList<IDisposable> Attach(IEnumerable<IDisposable> disposables)
    {
        IDisposable[] list = [.. disposables];
        foreach (var disposable in list)
        {
            AttachOne(disposable);
        }

        return list;
    }

    public T Detach<T>(T disposable)
        where T : IDisposable
    {
        DetachOne(disposable);
        return disposable;
    }

    public (T1 first, T2 second) Detach<T1, T2>(T1 first, T2 second)
        where T1 : IDisposable
        where T2 : IDisposable => (Detach(first), Detach(second));

    public (T1 first, T2 second, T3 third) Detach<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable
        where T2 : IDisposable
        where T3 : IDisposable => (Detach(first), Detach(second), Detach(third));

    public void Detach(params IDisposable[] disposables) => Detach((IEnumerable<IDisposable>)disposables);

    public void Detach(IEnumerable<IDisposable> disposables)
    {
        foreach (var disposable in disposables)
        {
            DetachOne(disposable);
        }
    }

    public T MoveToOuter<T>(T disposable)
        where T : IDisposable
    {
        Move(OuterScope, disposable);
        return disposable;
    }

    public (T1 first, T2 second) MoveToOuter<T1, T2>(T1 first, T2 second)
        where T1 : IDisposable
        where T2 : IDisposable => (MoveToOuter(first), MoveToOuter(second));

    public (T1 first, T2 second, T3 third) MoveToOuter<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable
        where T2 : IDisposable
        where T3 : IDisposable => (MoveToOuter(first), MoveToOuter(second), MoveToOuter(third));

    public void MoveToOuter(params IDisposable[] disposables) => MoveToOuter((IEnumerable<IDisposable>)disposables);

    public void MoveToOuter(IEnumerable<IDisposable> disposables)
    {
        foreach (var disposable in disposables)
        {
            Move(OuterScope, disposable);
        }
    }

    public T MoveToOther<T>(DisposeScope? scope, T disposable)
        where T : IDisposable
    {
        Move(scope, disposable);
        return disposable;
    }

    public (T1 first, T2 second) MoveToOther<T1, T2>(DisposeScope? scope, T1 first, T2 second)
        where T1 : IDisposable
        where T2 : IDisposable => (MoveToOther(scope, first), MoveToOther(scope, second));

    public (T1 first, T2 second, T3 third) MoveToOther<T1, T2, T3>(DisposeScope? scope, T1 first, T2 second, T3 third)
        where T1 : IDisposable
        where T2 : IDisposable
        where T3 : IDisposable => (MoveToOther(scope, first), MoveToOther(scope, second), MoveToOther(scope, third));

    public void MoveToOther(DisposeScope? scope, params IDisposable[] disposables) => MoveToOther(scope, (IEnumerable<IDisposable>)disposables);

    public void MoveToOther(DisposeScope? scope, IEnumerable<IDisposable> disposables)
    {
        foreach (var disposable in disposables)
        {
            Move(scope, disposable);
        }
    }

    public void DisposeEverything() => DisposeAll(keep: null);

    public void DisposeEverythingBut(IEnumerable<IDisposable> inKeep) => DisposeAll(new HashSet<IDisposable>(inKeep, ReferenceEqualityComparer.Instance));

    public void DisposeEverythingBut(params IDisposable[] keep) => DisposeEverythingBut((IEnumerable<IDisposable>)keep);

    public T DisposeEverythingBut<T>(T keep)
        where T : IDisposable
    {
        DisposeEverythingBut([(IDisposable)keep]);
        return keep;
    }

    public (T1 first, T2 second) DisposeEverythingBut<T1, T2>(T1 first, T2 second)
        where T1 : IDisposable
        where T2 : IDisposable
    {
        DisposeEverythingBut([(IDisposable)first, second]);
        return (first, second);
    }

    public (T1 first, T2 second, T3 third) DisposeEverythingBut<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable
        where T2 : IDisposable
        where T3 : IDisposable
    {
        DisposeEverythingBut([(IDisposable)first, second, third]);
        return (first, second, third);
    }

    /// <summary>Forgets an object that was disposed by its own Dispose.</summary>
    public void MarkAsDisposed(IDisposable disposable)
    {
        if (Owned.Remove(disposable))
        {
            _manager.ThreadStatistics.CountDisposedInScope(disposable);
            if (disposable is Tensor tensor)
            {
                tensor.OwningDisposeScope = null;
            }
        }
    }

    public void Dispose()
    {
        DisposeEverything();
        _manager.Remove(this);
    }

    /// <summary>A tensor just made belongs here; counted by the caller.</summary>
    internal void Add(Tensor tensor)
    {
        Owned.Add(tensor);
        tensor.OwningDisposeScope = this;
    }

    /// <summary>What follows stands in the place of a tensor whose handle it took.</summary>
    internal void Replace(Tensor old, Tensor next)
    {
        Owned.Remove(old);
        old.OwningDisposeScope = null;
        Add(next);
    }

    private void DisposeAll(HashSet<IDisposable>? keep)
    {
        if (_owned is not { } old)
        {
            return;
        }

        _owned = null;
        foreach (var disposable in old)
        {
            if (keep?.Contains(disposable) == true)
            {
                Owned.Add(disposable);
                continue;
            }

            if (disposable is Tensor tensor)
            {
                tensor.OwningDisposeScope = null;
                tensor.DisposeUncounted();
            }
            else
            {
                disposable.Dispose();
            }

            _manager.ThreadStatistics.CountDisposedInScope(disposable);
        }

        _manager.ReturnSet(old);
    }

    private void AttachOne(IDisposable disposable)
    {
        if (disposable is Tensor { OwningDisposeScope: { } owner } tensor)
        {
            owner.Owned.Remove(tensor);
            Add(tensor);
            return;
        }

        if (Owned.Add(disposable))
        {
            _manager.ThreadStatistics.CountAttached(disposable);
            if (disposable is Tensor free)
            {
                free.OwningDisposeScope = this;
            }
        }
    }

    private void DetachOne(IDisposable disposable)
    {
        if (Owned.Remove(disposable))
        {
            _manager.ThreadStatistics.CountDetached(disposable);
            if (disposable is Tensor tensor)
            {
                tensor.OwningDisposeScope = null;
            }
        }
    }

    private void Move(DisposeScope? target, IDisposable disposable)
    {
        if (target is null)
        {
            DetachOne(disposable);
        }
        else if (Owned.Remove(disposable))
        {
            target.Owned.Add(disposable);
            if (disposable is Tensor tensor)
            {
                tensor.OwningDisposeScope = target;
            }
        }
    }
}
