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
    public void ConvertThenAudit_PandaLm_SaysWhatWasFoundAndFailsAboveALimit()
    {
        File.WriteAllText(Path.Combine(_folder, "p.json"), """
            [{"idx": 1, "instruction": "i", "input": "", "response1": "one answer", "response2": "another one", "annotator1": 2},
             {"idx": 2, "instruction": "j", "input": "", "response1": "same here", "response2": "same here", "annotator1": 0}]
            """);

        var (code, output, error) = Cli.RunIn(_folder, "data", "convert", "p.json", "out.jsonl");
        error.ShouldBeEmpty();
        code.ShouldBe(0);
        output.ShouldBe("p.json: pandalm (columns instruction, response1, response2, annotator...); 2 records, 2 rows\n2 rows as trl-preference -> out.jsonl\n");
        File.ReadLines(Path.Combine(_folder, "out.jsonl")).Count().ShouldBe(2);
        File.Exists(Path.Combine(_folder, "out.jsonl.report.json")).ShouldBeTrue();

        (code, output, _) = Cli.RunIn(_folder, "data", "audit", "out.jsonl", "--output", "audit");
        code.ShouldBe(2);
        output.ShouldContain("equal_sides: out.jsonl:2");
        File.Exists(Path.Combine(_folder, "audit", "audit.html")).ShouldBeTrue();
        Cli.RunIn(_folder, "data", "audit", "out.jsonl", "--limit", "equal_sides=1", "--limit", "unusable=none", "--limit", "first_chosen=none").Code.ShouldBe(0);

        (code, _, error) = Cli.RunIn(_folder, "data", "convert", "--to", "parquet", "p.json", "o");
        code.ShouldBe(2);
        error.ShouldContain("--to parquet is not a format; use openai-preference");
    }

    [Fact]
    public void Split_Alpaca_PartsItByPromptAndSaysHowMuch()
    {
        File.WriteAllLines(Path.Combine(_folder, "in.jsonl"), Enumerable.Range(0, 40).Select(i => $$"""{"instruction": "Name tree {{i / 2}}", "input": "", "output": "oak {{i}}"}"""));

        var (code, output, error) = Cli.RunIn(_folder, "data", "split", "in.jsonl", "--train", "train.jsonl", "--eval", "eval.jsonl", "--rows", "9", "--seed", "3");
        error.ShouldBeEmpty();
        code.ShouldBe(0);
        output.ShouldBe("in.jsonl: alpaca (columns instruction, output); 40 records, 40 rows\n32 records of 16 prompts or groups to train on -> train.jsonl\n8 records of 4 prompts or groups held out -> eval.jsonl\n");
        Cli.RunIn(_folder, "data", "audit", "train.jsonl", "--eval", "eval.jsonl").Output.ShouldNotContain("split_leaks:");

        foreach (var (arguments, message) in ((string[], string)[])
        [
            ([], "how much is to be held out? Give --fraction, such as 0.1, or --rows"),
            (["--fraction", "1"], "--fraction is 1; it must be above 0 and below 1"),
            (["--fraction", "0.5", "--rows", "2"], "--fraction is given beside --rows"),
            (["--rows", "1", "--eval", "train.jsonl"], "all must be different files"),
        ])
        {
            (code, _, error) = Cli.RunIn(_folder, ["data", "split", "in.jsonl", "--train", "train.jsonl", .. arguments.Contains("--eval") ? [] : (string[])["--eval", "eval.jsonl"], .. arguments]);
            code.ShouldBe(2);
            error.ShouldContain(message);
        }
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
