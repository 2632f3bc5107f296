using Alignment.Data.Tokenization;
using BenchmarkDotNet.Attributes;

namespace Alignment.Benchmarks;

/// <summary>100,000 characters to ids and back.</summary>
public class TokenizerBenchmarks
{
    private const int Characters = 100_000;

    private TextTokenizer _tokenizer = null!;
    private string _text = "";
    private int[] _ids = [];

    [GlobalSetup]
    public void Setup()
    {
        _tokenizer = Sentences.Tokenizer();
        _text = Sentences.Text(Characters);
        _ids = _tokenizer.Encode(_text);
    }

    [Benchmark]
    public int[] Encode100kB() => _tokenizer.Encode(_text);

    [Benchmark]
    public string Decode100kB() => _tokenizer.Decode(_ids);
}
