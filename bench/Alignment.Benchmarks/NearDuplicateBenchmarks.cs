using Alignment.Data.Audit;
using BenchmarkDotNet.Attributes;

namespace Alignment.Benchmarks;

/// <summary>Near duplicates among 10,000 texts of 500 characters, every tenth of which repeats an earlier one: words, sketches, search.</summary>
public class NearDuplicateBenchmarks
{
    private const int Texts = 10_000;
    private const int Characters = 500;
    private const double Similarity = 0.8;

    private string[] _texts = [];

    [GlobalSetup]
    public void Setup() => _texts = [.. Enumerable.Range(0, Texts).Select(i => Sentences.Text(Characters, seed: i % 10 == 9 ? i / 2 : i))];

    [Benchmark]
    public int FindIn10kTexts()
    {
        var rows = new NearDuplicates();
        var words = new List<ulong>();
        foreach (var text in _texts)
        {
            words.Clear();
            Words.Add(text, words);
            rows.Add(words);
        }

        return rows.Find(Similarity, (_, _) => true).Count;
    }
}
