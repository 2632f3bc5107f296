using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;

namespace Alignment.Sft.Tests;

/// <summary>The stage in its own process on a task that a tiny model learns: whether a text names an animal first.</summary>
public sealed class ClassificationStageTests
{
    private const string Stages = """
          bert:
            kind: sft
            new_model: { model_type: bert, hidden_size: 16, intermediate_size: 32, num_hidden_layers: 1, num_attention_heads: 2, max_position_embeddings: 64 }
            tokenizer: ROOT/tokenizer
            train: [ROOT/labelled.jsonl]
            eval: [ROOT/labelled.jsonl]
            classification: {}
            data: { max_length: 64 }
            training: { max_steps: 60, batch_size: 8, learning_rate: 1.0e-2, save_every: 20, eval_every: 30, keep_best: eval_f1, keep_best_mode: max, load_best: true }
          llama:
            kind: sft
            new_model: { hidden_size: 16, intermediate_size: 32, num_hidden_layers: 1, num_attention_heads: 2, max_position_embeddings: 64 }
            tokenizer: ROOT/tokenizer
            train: [ROOT/labelled.jsonl]
            classification: { problem: multi_label, labels: [fish, bird, other] }
            data: { max_length: 64 }
            training: { max_steps: 2, batch_size: 4 }
        """;

    [Fact]
    public void Run_Bert_LearnsAndStoresItsLabels()
    {
        using var run = Labelled();
        var (code, error) = run.Run("bert");
        code.ShouldBe(0, error);

        using var model = ModelFolder.LoadClassifier(run.At("bert", "model"));
        model.Labels.Names.ShouldBe(["bird", "fish"]);
        model.Config.Architecture.ShouldBe("BertForSequenceClassification");
        var last = TinyRun.Metrics(run.At("bert")).Select(line => JsonNode.Parse(line)!.AsObject()).Last(row => row.ContainsKey("eval_f1"));
        last["eval_accuracy"]!.GetValue<double>().ShouldBe(1);
        foreach (var key in new[] { "eval_loss", "eval_precision", "eval_recall", "eval_macro_precision", "eval_macro_recall", "eval_macro_f1" })
        {
            last.ContainsKey(key).ShouldBeTrue(key);
        }
    }

    [Fact]
    public void Run_Decoder_TakesSeveralLabels()
    {
        using var run = Labelled();
        var (code, error) = run.Run("llama");
        code.ShouldBe(0, error);

        var config = JsonNode.Parse(File.ReadAllText(run.At("llama", "model", "config.json")))!;
        config["architectures"]![0]!.GetValue<string>().ShouldBe("LlamaForSequenceClassification");
        config["problem_type"]!.GetValue<string>().ShouldBe("multi_label_classification");
        config["label2id"]!.ToJsonString().ShouldBe("""{"fish":0,"bird":1,"other":2}""");
    }

    [Theory]
    [InlineData("""{"text": "a bird", "label": 7}""", "labelled.jsonl:2: the label 7 is a number, those before it are names")]
    [InlineData("""{"text": "a bird"}""", "labelled.jsonl:2: there is no column 'label'; the columns are: text")]
    [InlineData("""{"text": "a bird", "label": {"is": 1}}""", "labelled.jsonl:2: column 'label' holds an object")]
    public void Run_ABadRow_Gives2WithItsLine(string row, string message)
    {
        using var run = Labelled();
        File.WriteAllLines(run.At("labelled.jsonl"), ["""{"text": "a fish", "label": "fish"}""", row]);

        var (code, error) = run.Run("bert");

        error.ShouldContain(message);
        code.ShouldBe(2);
    }

    private static TinyRun Labelled()
    {
        var run = new TinyRun(Stages);
        run.WriteRows("labelled.jsonl", Enumerable.Range(0, 24).Select(i => new JsonObject
        {
            ["text"] = i % 2 == 0 ? $"the fish swims in the sea {i}" : $"the bird sings in the tree {i}",
            ["label"] = i % 2 == 0 ? "fish" : "bird",
        }));
        return run;
    }
}
