using Alignment.Core.Checkpoints;
using Alignment.Core.Lora;
using Alignment.Core.Models;
using Alignment.Core.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Lora;

/// <summary>Adapters on BERT: trained, merged, stored and loaded, on float32 weights and on quantised ones, with a pooler of its own or a drawn one.</summary>
public sealed class BertAdapterTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _scope.Dispose();
    }

    [Theory]
    [InlineData(Quantization.None)]
    [InlineData(Quantization.Nf4)]
    [InlineData(Quantization.Int8)]
    public void Adapter_OfAClassifier_TrainsMergesAndLoadsAsTheSame(Quantization quantization)
    {
        using var model = ModelFolder.LoadClassifier(Fixture.At("bert-tiny"), quantization: quantization);

        Check(model, Fixture.At("bert-tiny"));
        model.Adapter!.Modules.ShouldBe(
            [.. Enumerable.Range(0, 2).SelectMany(i => Layer.Select(part => $"bert.encoder.layer.{i}.{part}")), "bert.pooler.dense"], ignoreOrder: true);
    }

    [Fact]
    public void Adapter_OfAnEncoderWithoutPooler_StoresTheDrawnOne()
    {
        using (var file = SafetensorsFile.Open(Fixture.At("bert-tiny", "model.safetensors")))
        {
            SafetensorsWriter.Write(_folder["model.safetensors"], file.Entries.Keys.Where(name => name.StartsWith("bert.e", StringComparison.Ordinal)).ToDictionary(name => name, name => file.Load(name)));
        }

        _folder.Write("config.json", File.ReadAllText(Fixture.At("bert-tiny", "config.json")).Replace("BertForSequenceClassification", "BertForMaskedLM"));
        using var model = ModelFolder.LoadClassifier(_folder.Path, LabelSet.Numbered(2), seed: 1);

        Check(model, _folder.Path);
        AdapterFolder.Keys(_folder["adapter"]).ShouldContain("base_model.model.bert.pooler.dense.weight");
    }

    private static readonly string[] Layer = ["attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense", "intermediate.dense", "output.dense"];

    private void Check(SequenceClassifier model, string origin)
    {
        model.AddAdapter(new LoraConfig { Rank = 2, BaseModel = origin }, seed: 2);
        using var generator = new Generator(3);
        using (no_grad())
        {
            foreach (var (_, tensor) in model.Adapter!.State().OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                tensor.add_(empty_like(tensor).normal_(0, 0.05, generator));
            }
        }

        var ids = randint(0, 41, [2, 6], dtype: ScalarType.Int64, generator: generator);
        var logits = model.Logits(ids);
        logits.sin().sum().backward();
        model.Adapter.State().ShouldAllBe(pair => pair.Value.grad!.abs().max().ToDouble() > 0);
        model.named_parameters().Where(item => !item.parameter.requires_grad).ShouldAllBe(item => object.ReferenceEquals(item.parameter.grad, null));
        using var noGrad = no_grad();
        ModelFolder.Save(model, _folder["adapter"]);
        using var loaded = ModelFolder.LoadClassifier(_folder["adapter"]);
        model.MergeAdapter();

        Compare.MaxDifference(model.Logits(ids), logits.detach()).ShouldBeLessThan(1e-5);
        Compare.MaxDifference(loaded.Logits(ids), logits.detach()).ShouldBeLessThan(1e-5);
        loaded.Labels.Count.ShouldBe(model.Labels.Count);
    }
}
