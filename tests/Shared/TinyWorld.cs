using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Data.Tokenization;

namespace Alignment.Tests;

/// <summary>A temporary folder with an untrained policy, a reward model, prompts and a pipeline file. Compiled into the test projects of the stages that sample.</summary>
internal class TinyWorld : IDisposable
{
    private const string Texts = "the red bird sings in the tree|a blue fish swims in the sea|the old man eats bread and fish|a small dog runs to the red tree";

    public TinyWorld(string stages)
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

    public string Root { get; } = Path.Combine(Path.GetTempPath(), "tiny-" + Path.GetRandomFileName());

    public string At(params string[] parts) => Path.Combine([Root, .. parts]);

    public void Pipeline(string stages) => File.WriteAllText(At("pipeline.yaml"), $"name: tiny\noutput: {Root}\nstages:\n{stages.Replace("ROOT", Root)}");

    public void WriteRows(string name, IEnumerable<JsonObject> rows) => File.WriteAllLines(At(name), rows.Select(row => row.ToJsonString()));

    public void WriteTokenizer(string name, int size, IEnumerable<string> texts) =>
        TokenizerTraining.Run(texts, new TokenizerTrainingOptions { VocabSize = size, MinFrequency = 1 }, At(name), default);

    /// <summary>A policy of one layer, and a reward model made of it.</summary>
    public void WriteModels(string tokenizerName, string policyName, string rewardName)
    {
        TinyLlama.Write(At(policyName), At(tokenizerName), layers: 1, maxPositions: 64, seed: 1);
        using var reward = ModelFolder.LoadScalarHead(At(policyName), seed: 2);
        (reward.RewardMean, reward.RewardStd) = (0.1, 0.5);
        ModelFolder.Save(reward, At(rewardName), new() { CopyTokenizer = TextTokenizer.Load(At(tokenizerName)).CopyTo });
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
