using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Core.Models;
using Alignment.Data.Tokenization;
using Alignment.Tests;

namespace Alignment.Ppo.Tests;

/// <summary>A temporary folder with an untrained policy, a reward model, prompts and a pipeline file, and the stage run on it.</summary>
internal sealed class TinyRun : IDisposable
{
    private const string Texts = "the red bird sings in the tree|a blue fish swims in the sea|the old man eats bread and fish|a small dog runs to the red tree";

    public TinyRun(string stages)
    {
        Directory.CreateDirectory(Root);
        WriteTokenizer("tokenizer", 280, Texts.Split('|'));
        WriteModels("tokenizer", "policy", "rm");
        WriteRows("prompts.jsonl", Enumerable.Range(0, 10).Select(i => new JsonObject
        {
            ["prompt"] = $"What does {string.Join(' ', Texts.Split('|')[i % 4].Split(' ').Take(1 + (i % 5)))} do?",
        }));
        WriteRows("texts.jsonl", Texts.Split('|').Select(text => new JsonObject { ["text"] = text }));
        Pipeline(stages);
    }

    public string Root { get; } = Path.Combine(Path.GetTempPath(), "ppo-" + Path.GetRandomFileName());

    public string At(params string[] parts) => Path.Combine([Root, .. parts]);

    public void Pipeline(string stages) => File.WriteAllText(At("pipeline.yaml"), $"name: tiny\noutput: {Root}\nstages:\n{stages.Replace("ROOT", Root)}");

    public void WriteRows(string name, IEnumerable<JsonObject> rows) => File.WriteAllLines(At(name), rows.Select(row => row.ToJsonString()));

    public void WriteTokenizer(string name, int size, IEnumerable<string> texts) =>
        TokenizerTraining.Run(texts, new TokenizerTrainingOptions { VocabSize = size, MinFrequency = 1 }, At(name), default);

    /// <summary>A policy of one layer, and a reward model made of it.</summary>
    public void WriteModels(string tokenizerName, string policyName, string rewardName)
    {
        var tokenizer = TextTokenizer.Load(At(tokenizerName));
        var config = new ModelConfig
        {
            ModelType = "llama",
            VocabularySize = tokenizer.VocabularySize,
            Width = 32,
            Layers = 1,
            Heads = 4,
            KeyValueHeads = 2,
            HeadSize = 8,
            InnerWidth = 48,
            MaxPositions = 64,
            TiedEmbeddings = true,
            BosId = tokenizer.BosId,
            EosIds = [tokenizer.EosId],
            PadId = tokenizer.PadId,
        };
        using (var model = ModelFolder.CreateCausalLm(config, seed: 1))
        {
            ModelFolder.Save(model, At(policyName), new() { CopyTokenizer = tokenizer.CopyTo });
        }

        using var reward = ModelFolder.LoadScalarHead(At(policyName), seed: 2);
        (reward.RewardMean, reward.RewardStd) = (0.1, 0.5);
        ModelFolder.Save(reward, At(rewardName), new() { CopyTokenizer = tokenizer.CopyTo });
    }

    /// <summary>Runs the stage in this process.</summary>
    public int Main(string runFolder, params string[] more) =>
        Program.Main(["--config", At("pipeline.yaml"), "--stage", "ppo", "--run-dir", runFolder, .. more]);

    /// <summary>Runs the stage in a process of its own, to its end or until it gets a signal.</summary>
    public (int ExitCode, string Error) Start(string? runFolder = null, int signal = StageProcess.Terminate, Func<bool>? when = null) => StageProcess.Run(
        typeof(Program), ["--config", At("pipeline.yaml"), "--stage", "ppo", "--run-dir", runFolder ?? Root], when is null ? null : _ => when(), signal);

    /// <summary>Every byte of what a run ends with.</summary>
    public static byte[][] Weights(string stageFolder) =>
        [.. new[] { "model", "value_model" }.Select(name => File.ReadAllBytes(Path.Combine(stageFolder, name, "model.safetensors")))];

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
