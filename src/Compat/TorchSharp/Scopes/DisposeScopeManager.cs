using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>The thread's stack of scopes.</summary>
public class DisposeScopeManager
{
    [ThreadStatic]
    private static DisposeScopeManager? t_instance;

    private const int LargestSpareSet = 1024;

    private readonly Stack<HashSet<IDisposable>> _spareSets = new();
    private readonly Stack<DisposeScope> _spareScopes = new();

    /// <summary>What this thread made, disposed and moved.</summary>
    public static ThreadDisposeScopeStatistics Statistics => OfThread.ThreadStatistics;

    internal static DisposeScopeManager OfThread => t_instance ??= new DisposeScopeManager();

    internal DisposeScope? Current { get; private set; }

    internal ThreadDisposeScopeStatistics ThreadStatistics { get; } = new();

    internal DisposeScope Open() => Current = new DisposeScope(this, Current);

    /// <summary>A scope that nobody outside of the binding keeps, and that is opened again later.</summary>
    internal BriefScope OpenBrief()
    {
        var scope = _spareScopes.TryPop(out var spare) ? spare : new DisposeScope(this, null);
        scope.OuterScope = Current;
        Current = scope;
        return new BriefScope(this, scope);
    }

    internal HashSet<IDisposable> RentSet() => _spareSets.TryPop(out var set) ? set : new HashSet<IDisposable>(ReferenceEqualityComparer.Instance);

    internal void ReturnSet(HashSet<IDisposable> set)
    {
        if (set.Count <= LargestSpareSet)
        {
            set.Clear();
            _spareSets.Push(set);
        }
    }

    internal void Register(Tensor tensor)
    {
        if (Current is { } scope)
        {
            ThreadStatistics.CountCreatedInScope();
            scope.Add(tensor);
        }
        else
        {
            ThreadStatistics.CountCreatedOutside();
        }
    }

    internal void Remove(DisposeScope scope)
    {
        if (Current == scope)
        {
            Current = scope.OuterScope;
            return;
        }

        for (var inner = Current; inner is not null; inner = inner.OuterScope)
        {
            if (inner.OuterScope == scope)
            {
                inner.OuterScope = scope.OuterScope;
                return;
            }
        }
    }

    /// <summary>Ends the scope and keeps it for the next.</summary>
    internal readonly ref struct BriefScope(DisposeScopeManager manager, DisposeScope scope) : IDisposable
    {
        public void Dispose()
        {
            scope.Dispose();
            scope.OuterScope = null;
            manager._spareScopes.Push(scope);
        }
    }
}
