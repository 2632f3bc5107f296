namespace Alignment.Labeling.Judging;

/// <summary>Counts, from any thread.</summary>
internal sealed class Counter
{
    private int _value;

    public int Value => Volatile.Read(ref _value);

    public void Add() => Interlocked.Increment(ref _value);
}
