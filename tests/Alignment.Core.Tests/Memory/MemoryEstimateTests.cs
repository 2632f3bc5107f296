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

    // Parameters: vectors 40, q k v o 4 · 16, gate up down 3 · 24, norms 3 · 4, output layer 40: 228 numbers, 912 bytes, moments 1824, the output layer's gradient 160.
    // float32, for each token: norms 2 · 16; input, q, k, v and mix 20 · 4 and a normaliser 4; input, gate, up and product 22 · 4: 204; the block's gradients 3 · 6 · 4, what goes into a
    // product 16 and the residual stream's 2 · 16: 120; the ends 3 · 16 + 16 = 64; logits 40, which are gone when the block's gradients come.
    // bfloat16 halves what flows between products: 120, 36 + 8 + 32 = 76, 48 + 8 = 56, 20.
    // Few tokens: all gradients with one layer. Many: all activations. With checkpoints each of the two layers keeps 16, and one runs again.
    [Theory]
    [InlineData(1, 2, false, null, false, 912 + (6 * (204 + 120)))]
    [InlineData(1, 2, true, null, false, 912 + (6 * (120 + 76)))]
    [InlineData(1, 2, false, 4L, false, 912 + (4 * (204 + 120)))]
    [InlineData(1, 20, false, null, false, 160 + (60 * (204 + 64 + 120)))]
    [InlineData(1, 20, true, null, false, 160 + (60 * (120 + 56 + 76)))]
    [InlineData(2, 20, false, null, false, 160 + (60 * (204 + 204 + 64 + 120)))]
    [InlineData(2, 20, false, null, true, 160 + (60 * (16 + 16 + 64 + 120 + 204)))]
    public void Total_OfASmallModel_ByHand(int layers, int rows, bool bFloat16, long? tokens, bool checkpointing, long passing)
    {
        var json = $$"""
            { "model_type": "llama", "vocab_size": 10, "hidden_size": 4, "num_hidden_layers": {{layers}}, "num_attention_heads": 1, "num_key_value_heads": 1, "intermediate_size": 6,
              "max_position_embeddings": 8, "tie_word_embeddings": false }
            """;
        var estimate = MemoryEstimate.Training(
            ModelConfig.Parse(json, "test"), new TrainingShape { Rows = rows, Length = 3, BFloat16 = bFloat16, Tokens = tokens, Checkpointing = checkpointing });

        var trained = 912 + ((layers - 1) * 4 * (64 + 72 + 8));
        estimate.Total.ShouldBe(MemoryEstimate.Runtime + (3 * trained) + (passing * (tokens is null ? 100 : 105) / 100));
    }

    [Fact]
    public void ATiedTable_HasOneGradient_WhichIsThereFromTheStart()
    {
        var estimate = MemoryEstimate.Training(Tiny.Gpt2, Full);

        estimate.GradientsBelowActivations.ShouldBe(4 * 37 * 16); // not the positions'
        MemoryEstimate.Training(Tiny.Gpt2, Full with { Accumulates = true }).GradientsBelowActivations.ShouldBe((4 * 37 * 16) + estimate.Gradients);
    }

    // Mean 20, deviation √(200 / 3) = 8.165.
    [Theory]
    [InlineData(3, 90)] // 60 + 3 · √3 · 8.165 = 102.4 is above 3 · 30
    [InlineData(100, 2245)] // 2000 + 3 · 10 · 8.165 = 2244.9
    public void Most_IsThreeDeviationsAboveTheMean(int count, long tokens) => MicroBatchTokens.Most([10, 20, 30], count).ShouldBe(tokens);

    [Fact]
    public void Most_RowsGroupedByLength_TakesTheLongest() => MicroBatchTokens.Most([10, 30, 20], 2, grouped: true).ShouldBe(50);

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
        var two = MemoryEstimate.Together(full, full); // one after the other
        (two.Activations, two.Gradients, two.Weights, two.Optimizer).ShouldBe((full.Activations, full.Gradients, 2 * full.Weights, 2 * full.Optimizer));
        MemoryEstimate.Together(full, MemoryEstimate.Inference(config)).Total.ShouldBe(full.Total + MemoryEstimate.Inference(config).Weights);
    }
}
