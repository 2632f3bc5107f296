using Alignment.Core.Checkpoints;
using Alignment.Core.Lora;
using Alignment.Core.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Lora;

/// <summary>Adapters on every family: trained, merged, stored and loaded, on float32 weights and on quantised ones.</summary>
public sealed class FamilyAdapterTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<string> Families => FamilyCase.Names;

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Families))]
    public void Lora_OfEveryFamily_TrainsMergesAndLoadsAsTheSame(string name) => Check(name, Quantization.None);

    [Theory]
    [MemberData(nameof(Families))]
    public void QLora_OfEveryFamily_TrainsMergesAndLoadsAsTheSame(string name) => Check(name, Quantization.Nf4);

    private static void Check(string name, Quantization quantization)
    {
        using var folder = new TemporaryFolder();
        var origin = Fixture.At("families", name);
        using var model = ModelFolder.LoadCausalLm(origin, quantization: quantization);
        model.AddAdapter(new LoraConfig { Rank = 2, BaseModel = origin }, seed: 2);
        using var generator = new Generator(3);
        using (no_grad())
        {
            foreach (var (_, tensor) in model.Adapter!.State().OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                tensor.add_(empty_like(tensor).normal_(0, 0.05, generator));
            }
        }

        var ids = randint(0, model.Config.VocabularySize, [2, 6], dtype: ScalarType.Int64, generator: generator);
        var logits = model.forward(ids);
        logits.sin().sum().backward();
        model.Adapter.State().ShouldAllBe(pair => pair.Value.grad!.abs().max().ToDouble() > 0);
        using var noGrad = no_grad();
        ModelFolder.Save(model, folder["adapter"]);
        using var loaded = ModelFolder.LoadCausalLm(folder["adapter"]);
        model.MergeAdapter();

        var tolerance = 1e-4 * (1 + logits.abs().max().ToDouble());
        Compare.MaxDifference(model.forward(ids), logits.detach()).ShouldBeLessThan(tolerance);
        Compare.MaxDifference(loaded.forward(ids), logits.detach()).ShouldBeLessThan(tolerance);
    }
}
