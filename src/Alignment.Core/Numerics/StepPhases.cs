using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Alignment.Core.Numerics;

/// <summary>
/// Where the time of a training step goes, by part of the model. Costs nothing unless <see cref="Recording"/> is on. A phase that begins within
/// another one takes its time from it; each thread counts for itself.
/// </summary>
public static class StepPhases
{
    /// <summary>Token and position vectors.</summary>
    public const string Embedding = "embedding";

    /// <summary>Projections, rotary positions, scores and their mix.</summary>
    public const string Attention = "attention";

    /// <summary>The backward pass of scores and their mix.</summary>
    public const string AttentionBackward = "attention backward";

    /// <summary>The feed-forward block.</summary>
    public const string FeedForward = "feed-forward";

    /// <summary>Norms.</summary>
    public const string Norms = "norms";

    /// <summary>The output layer and log-probabilities, forward and backward.</summary>
    public const string Head = "head and loss";

    /// <summary>What of the backward pass libtorch runs by itself.</summary>
    public const string Backward = "backward";

    /// <summary>Weights laid out for decoding.</summary>
    public const string Packing = "packing";

    /// <summary>Draws of tokens, and what goes with them.</summary>
    public const string Sampling = "sampling";

    /// <summary>Clipping and the update.</summary>
    public const string Optimizer = "optimizer";

    private static readonly Dictionary<string, TimeSpan> Times = [];

    [ThreadStatic]
    private static Stack<string>? _open;

    [ThreadStatic]
    private static long _since;

    /// <summary>Whether phases are timed.</summary>
    public static bool Recording { get; set; }

    /// <summary>Begins a phase, which ends when the result is disposed.</summary>
    /// <param name="name">One of the names here.</param>
    public static Phase Enter(string name)
    {
        if (!Recording)
        {
            return default;
        }

        Charge();
        _open!.Push(name);
        return new Phase(true);
    }

    /// <summary>The times of all phases so far, which begin anew.</summary>
    public static IReadOnlyList<(string Name, TimeSpan Time)> Take()
    {
        lock (Times)
        {
            var taken = Times.Select(pair => (pair.Key, pair.Value)).ToArray();
            Times.Clear();
            return taken;
        }
    }

    // The time since the last change belongs to the innermost phase.
    private static void Charge()
    {
        var now = Stopwatch.GetTimestamp();
        _open ??= [];
        if (_open.TryPeek(out var name))
        {
            lock (Times)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(Times, name, out _) += Stopwatch.GetElapsedTime(_since, now);
            }
        }

        _since = now;
    }

    /// <summary>A phase that has begun.</summary>
    public readonly struct Phase : IDisposable
    {
        private readonly bool _recorded;

        internal Phase(bool recorded) => _recorded = recorded;

        /// <summary>Ends it.</summary>
        public void Dispose()
        {
            if (_recorded)
            {
                Charge();
                _open!.Pop();
            }
        }
    }
}
