using Alignment.Data.Collation;
using BenchmarkDotNet.Attributes;

namespace Alignment.Benchmarks;

/// <summary>Which of 100,000 sequences share a row of 2048 tokens, best fit decreasing.</summary>
public class PackingBenchmarks
{
    private const int Sequences = 100_000;
    private const int RowLength = 2048;

    private int[] _lengths = [];

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        _lengths = [.. Enumerable.Range(0, Sequences).Select(_ => 16 + (int)(1500 * Math.Pow(random.NextDouble(), 3)))];
    }

    [Benchmark]
    public int BestFitOf100kLengths() => PackedExamples.Bins(_lengths, RowLength, seed: 1).Count;
}
