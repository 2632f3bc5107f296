using Alignment.Core.Generation;
using BenchmarkDotNet.Attributes;

namespace Alignment.Benchmarks;

/// <summary>One token drawn from 50,257 logits.</summary>
public class SamplerBenchmarks
{
    private const int Vocabulary = 50_257;

    private readonly float[] _logits = new float[Vocabulary];
    private readonly Random _random = new(1);
    private TokenSampler _sampler = null!;

    [Params("greedy", "temperature", "top-k 50", "top-p 0.9", "both")]
    public string Filter { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        _sampler = new TokenSampler(Filter switch
        {
            "greedy" => new() { Temperature = 0 },
            "temperature" => new() { Temperature = 0.7 },
            "top-k 50" => new() { TopK = 50 },
            "top-p 0.9" => new() { TopP = 0.9 },
            _ => new() { TopK = 50, TopP = 0.9 },
        });
        for (var i = 0; i < Vocabulary; i++)
        {
            _logits[i] = (float)(8 * Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble()) / 3);
        }
    }

    [Benchmark]
    public int DrawFrom50kLogits() => _sampler.Sample(_logits, [], _random.NextDouble()).Id;
}
