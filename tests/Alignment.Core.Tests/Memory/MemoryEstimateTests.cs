using Alignment.Core.Checkpoints;
using Alignment.Core.Lora;
using Alignment.Core.Memory;
using Alignment.Core.Models;
using Alignment.Core.Tests.Models;

namespace Alignment.Core.Tests.Memory;

public class MemoryEstimateTests
{
    private static readonly TrainingShape Full = new() { Rows = 4, Length = 32 };

    [Theory]
    [InlineData("llama", false)]
    [InlineData("gpt2", false)]
    [InlineData("llama", true)]
    public void Weights_AreThoseOfTheModel(string family, bool adapter)
    {
        using var model = Tiny.Model(family);
        var shape = Full;
        if (adapter)
        {
            var config = new LoraConfig { Rank = 3, Dora = true, BaseModel = "base" };
            model.AddAdapter(config, 1);
            shape = Full with { Lora = config };
        }

        var estimate = MemoryEstimate.Training(model.Config, shape);

        estimate.Weights.ShouldBe(4 * model.parameters().Sum(parameter => parameter.numel()));
        estimate.TrainedParameters.ShouldBe(model.parameters().Where(parameter => parameter.requires_grad).Sum(parameter => parameter.numel()));
        estimate.Gradients.ShouldBe(4 * estimate.TrainedParameters);
        estimate.Optimizer.ShouldBe(8 * estimate.TrainedParameters);
    }

    [Theory]
    [InlineData(Quantization.Nf4)]
    [InlineData(Quantization.Int8)]
    public void Weights_Quantized_AreThoseOfTheModel(Quantization kind)
    {
        using var folder = new TemporaryFolder();
        var config = Tiny.Llama with { Width = 128, InnerWidth = 256, HeadSize = 32 };
        using (var made = ModelFolder.CreateCausalLm(config, 1))
        {
            ModelFolder.Save(made, folder["base"]);
        }

        using var model = ModelFolder.LoadCausalLm(folder["base"], quantization: kind);
        var lora = new LoraConfig { Rank = 2, BaseModel = folder["base"] };
        model.AddAdapter(lora, 1);
        var held = (4 * model.parameters().Sum(parameter => parameter.numel())) + model.modules().OfType<Projection>().Sum(projection => projection.QuantizedBytes);

        var estimate = MemoryEstimate.Training(config, Full with { Lora = lora, Quantization = kind });

        ((double)estimate.Weights).ShouldBe(held, 0.05 * held);
    }

    [Fact]
    public void Training_EachMeasureTakesLess()
    {
        var config = Tiny.Llama with { Width = 512, InnerWidth = 1408, HeadSize = 128, Layers = 12, VocabularySize = 1000 };
        var lora = new LoraConfig { Rank = 8, BaseModel = "base" };
        var shape = Full with { Length = 256 };

        var full = MemoryEstimate.Training(config, shape);
        var adapter = MemoryEstimate.Training(config, shape with { Lora = lora });
        var checkpointed = MemoryEstimate.Training(config, shape with { Lora = lora, Checkpointing = true });
        var quantized = MemoryEstimate.Training(config, shape with { Lora = lora, Checkpointing = true, Quantization = Quantization.Nf4 });

        full.Total.ShouldBeGreaterThan(adapter.Total);
        adapter.Activations.ShouldBeGreaterThan(4 * checkpointed.Activations);
        checkpointed.Weights.ShouldBeGreaterThan(4 * quantized.Weights);
        MemoryEstimate.Together(full, full).Activations.ShouldBe(2 * full.Activations);
        MemoryEstimate.Together(full, MemoryEstimate.Inference(config)).Total.ShouldBe(full.Total + MemoryEstimate.Inference(config).Weights);
    }
}
