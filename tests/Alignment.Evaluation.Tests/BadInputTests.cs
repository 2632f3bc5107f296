using Alignment.Data.Tokenization;

namespace Alignment.Evaluation.Tests;

public sealed class BadInputTests
{
    [Theory]
    [InlineData("prompts: [", "reference: dpo\n    prompts: [", 2, "reference is 'dpo', which is none of the models; use one of sft, other, copy")]
    [InlineData("prompts: [", "baseline: base\n    prompts: [", 2, "baseline is 'base', which is none of the models")]
    [InlineData("ROOT/pairs.jsonl", "ROOT/absent.jsonl", 3, "absent.jsonl', which does not exist")]
    [InlineData("reward_model: ROOT/reward\n", "\n", 2, "preferences are given, but no reward_model")]
    [InlineData("reward_model:", "reward_modle:", 2, "reward_modle")]
    [InlineData("max_new_tokens: 8", "max_new_tokens: 48", 2, "leaves no room for a prompt")]
    [InlineData("copy: ROOT/copy", "copy: ROOT/reward", 2, "model 'copy' is a reward model")]
    [InlineData("reward_model: ROOT/reward", "reward_model: ROOT/b", 2, "reward_model holds a LlamaForCausalLM, which scores nothing")]
    [InlineData("name: short", "name: correct", 2, "rewards has 2 terms called 'correct'")]
    public void Run_BadOptions_SaysWhatAndLeavesNothing(string good, string bad, int exitCode, string message)
    {
        using var run = new TinyRun(TinyRun.Whole.Replace(good, bad));

        Refused(run, exitCode, message);
    }

    [Theory]
    [InlineData("prompts.jsonl", """{"prompt": "Say one.", "candidates": ["a", "b"]}""", "prompts.jsonl:2: column 'answer' is missing")]
    [InlineData("prompts.jsonl", """{"prompt": "A prompt that is longer than what the options leave to it.", "answer": "a", "candidates": ["a"]}""", "prompts.jsonl:2")]
    [InlineData("prompts.jsonl", "{\"prompt\": ", "prompts.jsonl:2")]
    [InlineData("choices.jsonl", """{"prompt": "Which?", "answer": "a"}""", "choices.jsonl:2: column 'choices' is missing")]
    [InlineData("pairs.jsonl", """{"prompt": "Which?", "chosen": "a", "rejected": "a"}""", "pairs.jsonl:2")]
    public void Run_BadRow_NamesIt(string file, string row, string message)
    {
        using var run = new TinyRun();
        var lines = File.ReadAllLines(run.At(file));
        lines[1] = row;
        run.WriteRows(file, lines);

        Refused(run, 2, message);
    }

    [Fact]
    public void Run_ModelOfAnotherTokenizer_IsRefused()
    {
        using var run = new TinyRun();
        TinyRun.Tokenizer(run.At("tokenizer2"), 266);
        HandMade.Answering("b", TextTokenizer.Load(run.At("tokenizer2")), run.At("b"));

        Refused(run, 2, "model 'other' has another tokenizer");
    }

    [Fact]
    public void Run_RewardModelOfAnotherTokenizer_IsRefused()
    {
        using var run = new TinyRun();
        TinyRun.Tokenizer(run.At("tokenizer2"), 266);
        var other = TextTokenizer.Load(run.At("tokenizer2"));
        HandMade.Answering("b", other, run.At("other"));
        HandMade.Liking("b", other, run.At("other"), run.At("reward"));

        Refused(run, 2, "the reward model has another tokenizer");
    }

    [Fact]
    public void Run_PromptBeyondTheContext_NamesTheRow()
    {
        using var run = new TinyRun();
        HandMade.Random(1, TextTokenizer.Load(run.At("tokenizer")), run.At("copy"), maxPositions: 8);

        Refused(run, 2, "prompts.jsonl:1: the prompt has");
    }

    [Fact]
    public void Run_SecondModelBroken_IsRefusedBeforeTheFirstAnswers()
    {
        using var run = new TinyRun();
        var weights = run.At("copy", "model.safetensors");
        File.WriteAllBytes(weights, File.ReadAllBytes(weights)[..^100]);

        Refused(run, 2, "copy/model.safetensors");
        Directory.Exists(run.Output("parts")).ShouldBeFalse();
    }

    private static void Refused(TinyRun run, int exitCode, string message)
    {
        var (code, text) = run.Run();
        code.ShouldBe(exitCode, text);
        text.ShouldContain(message);
        text.ShouldNotContain("   at "); // no stack trace for a user's error
        File.Exists(run.Output("results.json")).ShouldBeFalse();
        File.Exists(run.Output("samples.jsonl")).ShouldBeFalse();
    }
}
