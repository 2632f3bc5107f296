namespace Alignment.Cli.Tests;

public sealed class DataCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("alignment-cli-").FullName;

    public DataCommandTests() =>
        File.WriteAllText(Path.Combine(_folder, "a.jsonl"), """{"prompt": "the cat sat on", "completion": " the mat"}""" + "\n");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void TrainTokenizerThenPreview_Rows_AreShownWithTheirMask()
    {
        var (code, output, error) = Cli.RunIn(_folder, "data", "train-tokenizer", "a.jsonl", "--output", "tok", "--vocab-size", "262", "--min-frequency", "1");
        error.ShouldBeEmpty();
        code.ShouldBe(0);
        output.ShouldEndWith(" -> tok\n");
        output.ShouldStartWith("262 tokens from ");
        File.Exists(Path.Combine(_folder, "tok", "tokenizer.json")).ShouldBeTrue();

        (code, output, error) = Cli.RunIn(_folder, "data", "preview", "a.jsonl", "--tokenizer", "tok");
        error.ShouldBeEmpty();
        code.ShouldBe(0);
        output.ShouldStartWith("a.jsonl:1  PromptCompletion, ");
        output.ShouldContain("⟧");
    }

    [Fact]
    public void RunPipeline_TokenizerStage_RunsThenIsSkipped()
    {
        File.WriteAllText(Path.Combine(_folder, "p.yaml"), "name: demo\nstages: { tok: { kind: tokenizer, files: [a.jsonl], vocab_size: 262, min_frequency: 1 } }\n");

        var (code, output, error) = Cli.RunIn(_folder, "run", "p.yaml");
        error.ShouldBeEmpty();
        code.ShouldBe(0);
        output.ShouldStartWith("pipeline demo (p.yaml) -> runs/demo, seed 1\n[1/1] tok (tokenizer): run (no output yet)\ntok | ");
        File.Exists(Path.Combine(_folder, "runs", "demo", "tok", "model", "tokenizer.json")).ShouldBeTrue();

        (code, output, _) = Cli.RunIn(_folder, "run", "p.yaml");
        code.ShouldBe(0);
        output.ShouldContain("[1/1] tok (tokenizer): skip (up to date)\ndone: 0 run, 1 up to date, in ");
    }
}
