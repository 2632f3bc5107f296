using System.Diagnostics;
using System.Text.Json.Nodes;
using Alignment.Data.Tokenization;
using Alignment.Training.Runs;

namespace Alignment.Evaluation.Tests;

/// <summary>A temporary folder with tiny models, prompts, pairs and choices, and the stage run on it in its own process.</summary>
internal sealed class TinyRun : IDisposable
{
    /// <summary>Everything that an evaluation can have.</summary>
    public const string Whole = """
            models: { sft: ROOT/a, other: ROOT/b, copy: ROOT/copy }
            prompts: [ROOT/prompts.jsonl]
            rewards:
              - { kind: contains_answer, name: correct, weight: 2, candidates_column: candidates }
              - { kind: max_words, name: short, limit: 3 }
            reward_model: ROOT/reward
            preferences: [ROOT/pairs.jsonl]
            choices: [ROOT/choices.jsonl]
            data: { max_length: 48 }
            sampling: { max_new_tokens: 8 }

        """;

    public TinyRun(string options = Whole)
    {
        Directory.CreateDirectory(Root);
        Tokenizer(At("tokenizer"), 270);
        var tokenizer = TextTokenizer.Load(At("tokenizer"));
        HandMade.Answering("a", tokenizer, At("a"));
        HandMade.Answering("b", tokenizer, At("b"));
        HandMade.Answering("a", tokenizer, At("copy"));
        HandMade.Liking("a", tokenizer, At("a"), At("reward"));

        string[] answers = ["a", "a", "b", "a"];
        WriteRows("prompts.jsonl", answers.Select((answer, i) => $$"""{"prompt": "Say one, {{i}}.", "answer": "{{answer}}", "candidates": ["a", "b"]}"""));
        WriteRows("choices.jsonl", answers.Select((answer, i) => $$"""{"prompt": "Which, {{i}}?", "choices": ["a", "b"], "answer": "{{answer}}"}"""));
        WriteRows("pairs.jsonl",
            """{"prompt": "One:", "chosen": "a", "rejected": "b"}""",
            """{"prompt": "Two:", "chosen": "aa", "rejected": "b"}""",
            """{"prompt": "Three:", "chosen": "b", "rejected": "a"}""",
            """{"prompt": "Four:", "chosen": "b", "rejected": "a", "label": 0}""",
            """{"prompt": "Five:", "chosen": "b", "rejected": "a", "label": 0.5}""");
        File.WriteAllText(At("pipeline.yaml"), $"name: tiny\noutput: {Root}/run\nseed: 3\nstages:\n  evaluate:\n    kind: evaluate\n{options.Replace("ROOT", Root)}");
        Sibling("dpo", StageStatus.Done, 12.5);
        Sibling("ppo", StageStatus.Running, 3);
    }

    public string Root { get; } = Path.Combine(Path.GetTempPath(), "evaluate-" + Path.GetRandomFileName());

    public string At(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>A file of the stage's folder.</summary>
    public string Output(string name, string run = "run") => At(run, "evaluate", name);

    public JsonObject Results(string run = "run") => JsonNode.Parse(File.ReadAllText(Output("results.json", run)))!.AsObject();

    public void WriteRows(string name, params IEnumerable<string> rows) => File.WriteAllLines(At(name), rows);

    /// <summary>Trains a tokenizer, all of whose tokens but words of two letters are single bytes.</summary>
    public static void Tokenizer(string folder, int size) =>
        TokenizerTraining.Run(["the the the he he th th in in on on"], new TokenizerTrainingOptions { VocabSize = size, MinFrequency = 1 }, folder, default);

    /// <summary>Runs the stage to its end, or kills it after a time.</summary>
    public (int ExitCode, string Text) Run(TimeSpan? killAfter = null, string run = "run")
    {
        var watch = Stopwatch.StartNew();
        return StageProcess.Run(typeof(Program), ["--config", At("pipeline.yaml"), "--run-dir", At(run)], killAfter is null ? null : _ => watch.Elapsed > killAfter);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private void Sibling(string name, StageStatus status, double seconds)
    {
        Directory.CreateDirectory(At("run", name));
        (StageManifest.Begin(name, name, [], 1, []) with { Status = status, Seconds = seconds }).Save(At("run", name));
    }
}
