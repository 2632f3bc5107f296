using Alignment.Core.Lora;
using Alignment.Core.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Models;

public sealed class LayerCheckpointTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<string> Families => FamilyCase.Names;

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Families))]
    public void Gradients_OfEveryFamily_AreTheSameBits(string name)
    {
        using var family = new FamilyCase(name);
        var (ids, real) = family.Batch(left: true);
        family.Model.train();

        var expected = Gradients(family.Model, ids, real, checkpointing: false);
        var found = Gradients(family.Model, ids, real, checkpointing: true);

        Same(found, expected);
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("gpt2")]
    public void Gradients_WithDropoutAndAnAdapter_AreTheSameBits(string family)
    {
        using var model = Dropping(family);
        model.AddAdapter(new LoraConfig { Rank = 2, Dropout = 0.3, Dora = true, BaseModel = "base" }, seed: 1);
        using (no_grad())
        {
            foreach (var (_, parameter) in model.Adapter!.State())
            {
                parameter.add_(0.05);
            }
        }

        model.train();

        var expected = Gradients(model, Tiny.Ids(2, 9), null, checkpointing: false);
        var found = Gradients(model, Tiny.Ids(2, 9), null, checkpointing: true);
        var otherMasks = Gradients(model, Tiny.Ids(2, 9), null, checkpointing: true, seed: 2);

        Same(found, expected);
        expected.Any(pair => Compare.MaxDifference(pair.Value, otherMasks[pair.Key]) > 1e-3).ShouldBeTrue();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gradients_OfBert_WithDropout_AreTheSameBits(bool withAdapter)
    {
        using var model = Alignment.Core.Checkpoints.ModelFolder.LoadClassifier(Fixture.At("bert-tiny"));
        if (withAdapter)
        {
            model.AddAdapter(new LoraConfig { Rank = 2, Dropout = 0.3, BaseModel = "base" }, seed: 1);
        }

        model.train();
        var (ids, real) = (randint(0, 41, [2, 7], dtype: ScalarType.Int64), ones(2, 7, dtype: ScalarType.Bool));
        real[1, 6] = tensor(false);

        Same(Of(checkpointing: true), Of(checkpointing: false));

        Dictionary<string, Tensor> Of(bool checkpointing)
        {
            model.GradientCheckpointing = checkpointing;
            manual_seed(1);
            foreach (var parameter in model.parameters())
            {
                parameter.grad = null;
            }

            model.Logits(ids, real).sin().sum().backward();
            return model.named_parameters().Where(item => item.parameter.grad is not null).ToDictionary(item => item.name, item => item.parameter.grad!.clone());
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Gradients_WithAGeneratorOfItsOwn_AreTheSameBits(bool afterwards)
    {
        // Also what is drawn after the backward pass is the same: a second micro-batch sees the same masks.
        using var model = Dropping("gpt2");
        using var generator = new Generator(5);
        model.DropoutGenerator = afterwards ? generator : null;
        model.train();
        var state = generator.get_state();

        var expected = Gradients(model, Tiny.Ids(2, 9), null, checkpointing: false);
        var next = Next();
        generator.set_state(state);
        var found = Gradients(model, Tiny.Ids(2, 9), null, checkpointing: true);

        Same(found, expected);
        Next().ShouldBe(next);

        float Next() => rand([1], generator: afterwards ? generator : null!).item<float>();
    }

    private static CausalLm Dropping(string family) => Alignment.Core.Checkpoints.ModelFolder.CreateCausalLm(
        family == "llama" ? Tiny.Llama with { AttentionDropout = 0.2 } : Tiny.Gpt2 with { AttentionDropout = 0.2, EmbeddingDropout = 0.1, ResidualDropout = 0.3 }, 5);

    private static Dictionary<string, Tensor> Gradients(CausalLm model, Tensor ids, Tensor? real, bool checkpointing, long seed = 1)
    {
        model.GradientCheckpointing = checkpointing;
        manual_seed(seed);
        foreach (var parameter in model.parameters().Where(parameter => parameter.grad is not null))
        {
            parameter.grad = null;
        }

        model.Logits(model.Hidden(ids, real)).sin().sum().backward();
        return model.named_parameters().Where(item => item.parameter.grad is not null).ToDictionary(item => item.name, item => item.parameter.grad!.clone());
    }

    private static void Same(Dictionary<string, Tensor> found, Dictionary<string, Tensor> expected)
    {
        found.Keys.Order().ShouldBe(expected.Keys.Order());
        foreach (var (name, gradient) in expected)
        {
            found[name].bytes.SequenceEqual(gradient.bytes).ShouldBeTrue(name);
        }
    }
}
