using Alignment.Data.Rows;
using Alignment.Data.Templates;
using Alignment.Data.Tokenization;
using BenchmarkDotNet.Attributes;

namespace Alignment.Benchmarks;

/// <summary>A conversation of six turns of 300 characters to ids, by a template of our own and by one in Jinja.</summary>
public class TemplateBenchmarks
{
    private const int Turns = 6;
    private const int Characters = 300;

    private TextTokenizer _tokenizer = null!;
    private ChatTemplate _template = null!;
    private Message[] _messages = [];

    [Params("chatml", "zephyr")]
    public string Template { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        _tokenizer = Sentences.Tokenizer();
        _template = ChatTemplate.Named(Template);
        _messages = [.. Enumerable.Range(0, Turns).Select(i => new Message(i % 2 == 0 ? Message.User : Message.Assistant, Sentences.Text(Characters, seed: 10 + i)))];
    }

    [Benchmark]
    public RenderedChat RenderSixTurns() => _template.Render(_tokenizer, _messages, generationPrompt: false);
}
