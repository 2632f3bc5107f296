using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Core.Models;
using Alignment.Tests;

namespace Alignment.Sft.Tests;

/// <summary>The stage in its own process on a task that a tiny model learns: whether a text names an animal first.</summary>
public sealed class ClassificationStageTests
{
    private const string ModelFolderWeights = "model.safetensors";

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
          tuned:
            kind: sft
            model: ROOT/pretrained
            train: [ROOT/labelled.jsonl]
            eval: [ROOT/labelled.jsonl]
            classification: {}
            data: { max_length: 32 }
            training: { max_steps: 30, batch_size: 8, learning_rate: 1.0e-2, log_every: 1, save_every: 3 }
          adapted:
            kind: sft
            model: ROOT/pretrained
            train: [ROOT/labelled.jsonl]
            eval: [ROOT/labelled.jsonl]
            classification: {}
            data: { max_length: 32 }
            training: { max_steps: 30, batch_size: 8, learning_rate: 2.0e-2, log_every: 1, save_every: 3, gradient_checkpointing: true, quantization: nf4, lora: { rank: 4 } }
        """;

    /// <summary>A folder as a pre-trained BERT comes: WordPiece's vocabulary, an encoder for masked words, no head and no pooler.</summary>
    private static readonly string[] Words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "fish", "bird", "swim", "sing", "##s", "in", "sea", "tree", "1", "2", "##0", "##1", "##2", "##3"];

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
    [InlineData("tuned", ModelFolderWeights)]
    [InlineData("adapted", "adapter_model.safetensors")]
    public void Run_PretrainedBert_LearnsTheSame_KilledOrNot(string stage, string weights)
    {
        using var run = Labelled();
        WritePretrained(run.At("pretrained"));
        var (code, error) = run.Run(stage, runFolder: run.At("whole"));
        code.ShouldBe(0, error);
        foreach (var lines in new[] { 4, 11 })
        {
            run.Run(stage, killWhen: () => StageProcess.LineCount(run.At(stage)) >= lines).ExitCode.ShouldBe(128 + StageProcess.Kill);
        }

        (code, error) = run.Run(stage);
        code.ShouldBe(0, error);
        error.ShouldContain("Resuming from");

        File.ReadAllBytes(run.At(stage, "model", weights)).ShouldBe(File.ReadAllBytes(run.At("whole", stage, "model", weights)));
        TinyRun.Metrics(run.At(stage)).ShouldBe(TinyRun.Metrics(run.At("whole", stage)));
        var last = JsonNode.Parse(TinyRun.Metrics(run.At(stage))[^1])!;
        last["eval_accuracy"]!.GetValue<double>().ShouldBeGreaterThan(0.9);
        File.ReadAllText(run.At(stage, "model", "vocab.txt")).ShouldBe(File.ReadAllText(run.At("pretrained", "vocab.txt")));
        using var model = ModelFolder.LoadClassifier(run.At(stage, "model"));
        model.Labels.Names.ShouldBe(["bird", "fish"]);
        error.ShouldContain("Memory: ");
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

    private static void WritePretrained(string folder)
    {
        var config = new ModelConfig
        {
            ModelType = "bert",
            VocabularySize = Words.Length,
            Width = 16,
            Layers = 2,
            Heads = 2,
            KeyValueHeads = 2,
            HeadSize = 8,
            InnerWidth = 32,
            MaxPositions = 32,
            Segments = 2,
            Norm = NormKind.Layer,
            NormEpsilon = 1e-12,
            Positions = PositionKind.Learned,
            Activation = ActivationKind.Gelu,
            GatedFeedForward = false,
            AttentionBias = true,
            FeedForwardBias = true,
            TiedEmbeddings = true,
            PadId = 0,
        };
        using (var made = ModelFolder.CreateClassifier(config, LabelSet.Numbered(2), seed: 1))
        {
            ModelFolder.Save(made, folder);
        }

        using var scope = TorchSharp.torch.NewDisposeScope();
        Dictionary<string, TorchSharp.torch.Tensor> encoder;
        using (var file = SafetensorsFile.Open(Path.Combine(folder, ModelFolderWeights)))
        {
            encoder = file.Entries.Keys.Where(name => name.StartsWith("bert.e", StringComparison.Ordinal)).ToDictionary(name => name, name => file.Load(name).clone());
        }

        SafetensorsWriter.Write(Path.Combine(folder, ModelFolderWeights), encoder);
        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "config.json")))!.AsObject();
        json["architectures"] = new JsonArray("BertForMaskedLM");
        json.Remove("id2label");
        json.Remove("label2id");
        json.Remove("problem_type");
        File.WriteAllText(Path.Combine(folder, "config.json"), json.ToJsonString());
        File.WriteAllLines(Path.Combine(folder, "vocab.txt"), Words);
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), """{"tokenizer_class": "BertTokenizer", "do_lower_case": true}""");
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
