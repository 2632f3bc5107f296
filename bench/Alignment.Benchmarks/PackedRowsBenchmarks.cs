using Alignment.Core.Models;
using Alignment.Core.Numerics;
using BenchmarkDotNet.Attributes;
using static TorchSharp.torch;

namespace Alignment.Benchmarks;

/// <summary>The layout of 64 padded rows of 512 tokens, 32 pairs that share prompts of 256: which tokens run, and where their targets have gone.</summary>
public class PackedRowsBenchmarks
{
    private const int Pairs = 32;
    private const int Length = 512;
    private const int Prompt = 256;

    private long[] _ids = [];
    private long[] _wanted = [];

    [GlobalSetup]
    public void Setup()
    {
        TorchRuntime.Initialize();
        var random = new Random(1);
        _ids = new long[2 * Pairs * Length];
        var wanted = new List<long>();
        for (var row = 0; row < 2 * Pairs; row++)
        {
            var line = _ids.AsSpan(row * Length, Length);
            var prompt = new Random(row % Pairs); // both rows of a pair
            for (var i = 0; i < Length; i++)
            {
                line[i] = (i < Prompt ? prompt : random).Next(1, 32_000);
            }

            var end = Prompt + random.Next(64, Length - Prompt);
            wanted.AddRange(Enumerable.Range(Prompt - 1, end - Prompt).Select(place => ((long)row * Length) + place));
        }

        _wanted = [.. wanted];
    }

    [Benchmark]
    public long LayOut64Rows()
    {
        using var scope = NewDisposeScope();
        var packed = PackedSequences.Of(_ids, Length, _wanted, share: true);
        return _wanted.Sum(packed.At);
    }
}
