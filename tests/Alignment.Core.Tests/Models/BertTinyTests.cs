using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Core.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Models;

/// <summary>A random BERT classifier against plain formulas; see Fixtures/README.md.</summary>
public sealed class BertTinyTests : IDisposable
{
    private readonly JsonNode _golden = JsonNode.Parse(File.ReadAllText(Fixture.At("bert-tiny", "golden.json")))!;
    private readonly SequenceClassifier _model = ModelFolder.LoadClassifier(Fixture.At("bert-tiny"));
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _scope.Dispose();
        _model.Dispose();
    }

    [Theory]
    [InlineData("right_padded")]
    [InlineData("left_padded")]
    public void Logits_OfPaddedRows_EqualThePlainFormulas(string name)
    {
        using var noGrad = no_grad();

        Compare.MaxDifference(Logits(_model, name), Json.Reals(_golden[name]!["logits"]!)).ShouldBeLessThan(1e-5);
    }

    [Fact]
    public void Logits_BFloat16_AreClose()
    {
        using var noGrad = no_grad();
        _model.ComputeType = ScalarType.BFloat16;

        Compare.MaxDifference(Logits(_model, "right_padded"), Json.Reals(_golden["right_padded"]!["logits"]!)).ShouldBeInRange(1e-5, 0.1);
    }

    [Fact]
    public void GradientNorms_OfTheCrossEntropy_EqualThePlainFormulas()
    {
        var golden = _golden["single_label_classification"]!;
        var labels = tensor(golden["labels"]!.AsArray().Select(label => label!.GetValue<long>()).ToArray());

        var loss = nn.functional.cross_entropy(Logits(_model, "right_padded"), labels);
        loss.backward();

        loss.ToDouble().ShouldBe(golden["loss"]!.GetValue<double>(), 1e-6);
        var norms = golden["grad_l2_norm"]!.AsObject();
        _model.named_parameters().Select(item => item.name).ShouldBe(norms.Select(item => item.Key), ignoreOrder: true);
        foreach (var (name, parameter) in _model.named_parameters())
        {
            parameter.grad!.norm().ToDouble().ShouldBe(norms[name]!.GetValue<double>(), 1e-5, name);
        }
    }

    [Fact]
    public void Labels_AreTheConfigs()
    {
        _model.Labels.Names.ShouldBe(["bad", "fair", "good"]);
        _model.Labels.Problem.ShouldBe(ProblemType.SingleLabel);
    }

    [Fact]
    public void LoadClassifier_OldNamesOfNorms_AreRead()
    {
        Rewrite((name, _) => name.Replace(".LayerNorm.weight", ".LayerNorm.gamma").Replace(".LayerNorm.bias", ".LayerNorm.beta"), extra: new() { ["bert.embeddings.position_ids"] = arange(16).unsqueeze(0) });
        using var model = ModelFolder.LoadClassifier(_folder.Path);

        Compare.MaxDifference(Logits(model, "right_padded"), Logits(_model, "right_padded")).ShouldBe(0);
    }

    [Theory]
    [InlineData("BertModel", false)]
    [InlineData("BertForMaskedLM", true)]
    public void LoadClassifier_WithoutAHead_KeepsTheEncoderAndDrawsTheRest(string architecture, bool isMaskedLm)
    {
        // BertModel: no prefix, with pooler. BertForMaskedLM: prefix, another head, no pooler.
        Rewrite(
            (name, _) => name.StartsWith("classifier.", StringComparison.Ordinal) || (isMaskedLm && name.Contains(".pooler.")) ? null : isMaskedLm ? name : name["bert.".Length..],
            architecture,
            isMaskedLm ? new() { ["cls.predictions.bias"] = zeros(41), ["cls.predictions.decoder.weight"] = zeros(41, 12) } : []);

        using var model = ModelFolder.LoadClassifier(_folder.Path, LabelSet.Numbered(2), seed: 1);

        var (found, own) = (ModelWeights.Of(model), ModelWeights.Of(_model));
        found.Keys.ShouldBe(own.Keys, ignoreOrder: true);
        foreach (var name in own.Keys.Where(name => name.StartsWith("bert.", StringComparison.Ordinal) && !(isMaskedLm && name.Contains(".pooler."))))
        {
            Compare.MaxDifference(found[name], own[name]).ShouldBe(0, name);
        }

        found["classifier.weight"].shape.ShouldBe([2, 12]);
        found["classifier.bias"].abs().sum().ToDouble().ShouldBe(0);
        found["bert.pooler.dense.weight"].std().ToDouble().ShouldBeInRange(isMaskedLm ? 0.01 : 0.2, isMaskedLm ? 0.03 : 0.4);
        Should.Throw<InvalidDataException>(() => ModelFolder.LoadClassifier(_folder.Path)).Message.ShouldContain($"holds a {architecture}, expected a classifier");
    }

    [Fact]
    public void LoadClassifier_OtherLabels_DrawsANewHeadOnly()
    {
        using var same = ModelFolder.LoadClassifier(Fixture.At("bert-tiny"), LabelSet.Numbered(3), seed: 1);
        using var other = ModelFolder.LoadClassifier(Fixture.At("bert-tiny"), LabelSet.Numbered(5), seed: 1);

        Compare.MaxDifference(ModelWeights.Of(same)["classifier.weight"], ModelWeights.Of(_model)["classifier.weight"]).ShouldBe(0);
        ModelWeights.Of(other)["classifier.weight"].shape.ShouldBe([5, 12]);
        Compare.MaxDifference(ModelWeights.Of(other)["bert.pooler.dense.weight"], ModelWeights.Of(_model)["bert.pooler.dense.weight"]).ShouldBe(0);
    }

    [Fact]
    public void Save_LoadAndSaveAgain_GivesTheSameBytes()
    {
        ModelFolder.Save(_model, _folder["one"]);
        using var again = ModelFolder.LoadClassifier(_folder["one"]);
        ModelFolder.Save(again, _folder["two"]);

        File.ReadAllText(_folder["one", "config.json"]).ShouldBe(File.ReadAllText(Fixture.At("bert-tiny", "config.json")));
        foreach (var file in new[] { "config.json", "model.safetensors", "generation_config.json" })
        {
            File.ReadAllBytes(_folder["two", file]).ShouldBe(File.ReadAllBytes(_folder["one", file]), file);
        }
    }

    [Fact]
    public void Load_AsAnythingElse_IsRefused()
    {
        Should.Throw<InvalidDataException>(() => ModelFolder.LoadCausalLm(Fixture.At("bert-tiny"))).Message.ShouldContain("BertForSequenceClassification");
        Should.Throw<InvalidDataException>(() => ModelFolder.LoadScalarHead(Fixture.At("bert-tiny"))).Message.ShouldContain("can only classify");
    }

    [Fact]
    public void Logits_MoreThanThePositions_IsAnError() =>
        Should.Throw<ArgumentException>(() => _model.Logits(zeros(1, 17, dtype: ScalarType.Int64))).Message.ShouldContain("longer than the 16 positions");

    [Fact]
    public void CreateClassifier_TheSameSeed_GivesTheSameModel()
    {
        using var one = ModelFolder.CreateClassifier(_model.Config with { Document = null }, LabelSet.Numbered(2), seed: 3);
        using var two = ModelFolder.CreateClassifier(_model.Config with { Document = null }, LabelSet.Numbered(2), seed: 3);
        ModelFolder.Save(one, _folder["new"]);
        using var read = ModelFolder.LoadClassifier(_folder["new"]);

        Compare.MaxDifference(Logits(one, "right_padded"), Logits(two, "right_padded")).ShouldBe(0);
        Compare.MaxDifference(Logits(read, "right_padded"), Logits(two, "right_padded")).ShouldBe(0);
        read.Labels.Names.ShouldBe(["LABEL_0", "LABEL_1"]);
    }

    private Tensor Logits(SequenceClassifier model, string name)
    {
        var rows = _golden[name]!;
        return model.Logits(Json.Ids(rows["input_ids"]!), Json.Ids(rows["attention_mask"]!) == 1, null, Json.Ids(rows["token_type_ids"]!));
    }

    private void Rewrite(Func<string, Tensor, string?> rename, string architecture = "BertForSequenceClassification", Dictionary<string, Tensor>? extra = null)
    {
        using var file = SafetensorsFile.Open(Fixture.At("bert-tiny", "model.safetensors"));
        var tensors = extra ?? [];
        foreach (var name in file.Entries.Keys)
        {
            var tensor = file.Load(name);
            if (rename(name, tensor) is { } renamed)
            {
                tensors[renamed] = tensor;
            }
        }

        SafetensorsWriter.Write(_folder["model.safetensors"], tensors);
        var config = JsonNode.Parse(File.ReadAllText(Fixture.At("bert-tiny", "config.json")))!;
        config["architectures"] = new JsonArray(architecture);
        _folder.Write("config.json", config.ToJsonString());
    }
}
