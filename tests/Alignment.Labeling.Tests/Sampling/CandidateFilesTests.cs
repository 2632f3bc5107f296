using Alignment.Data;
using Alignment.Labeling.Sampling;

namespace Alignment.Labeling.Tests.Sampling;

public sealed class CandidateFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_TakesEveryShape()
    {
        var pool = new CandidatePool();
        CandidateFiles.Read(_folder.Write("a.jsonl", """
            {"id": "x:1", "prompt": "p", "sample": 0, "response": "from generate", "tokens": 3, "finish": "stop_token", "logprob": -1, "answer": "42"}
            {"prompt": "p", "candidates": ["plain", {"text": "named", "model": "m2"}]}
            {"prompt": [{"role": "user", "content": "p"}], "chosen": [{"role": "assistant", "content": "better"}], "rejected": [{"role": "assistant", "content": "worse"}], "meta": {"chosen_model": "m3"}}
            """), "m1", pool);
        var prompt = pool.Prompts.Single();
        prompt.Candidates.Select(candidate => (candidate.Text, candidate.Model)).ShouldBe([("from generate", "m1"), ("plain", "m1"), ("named", "m2"), ("better", "m3"), ("worse", "m1")]);
        prompt.Meta!.Select(pair => pair.Key).ShouldBe(["answer"]);
    }

    [Theory]
    [InlineData("""{"prompt": "p"}""", "no 'response'")]
    [InlineData("""{"response": "p"}""", "no 'prompt'")]
    [InlineData("""{"prompt": "p", "candidates": [{"model": "m"}]}""", "candidate 0 has no text")]
    public void Read_SaysWhatIsMissing(string row, string what)
    {
        var path = _folder.Write("a.jsonl", row);
        var error = Should.Throw<DataFormatException>(() => CandidateFiles.Read(path, null, new()));
        error.Message.ShouldStartWith($"{path}:1: ");
        error.Message.ShouldContain(what);
    }
}
