using Alignment.Core.Checkpoints;
using Alignment.Core.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Checkpoints;

public class ModelWeightsTests
{
    [Fact]
    public void Load_WhatSaveWrote_RestoresEveryBit()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var model = Tiny.Model("llama");
        using var other = Tiny.Model("llama", seed: 6);

        ModelWeights.Save(model, folder["weights.safetensors"]);
        ModelWeights.Load(other, folder["weights.safetensors"]);

        foreach (var (name, weight) in ModelWeights.Of(model))
        {
            ModelWeights.Of(other)[name].bytes.ToArray().ShouldBe(weight.bytes.ToArray(), name);
        }

        other.parameters().ShouldAllBe(parameter => parameter.requires_grad && parameter.is_leaf);
    }

    [Fact]
    public void Load_WeightsOfAnotherModel_ListsThemAndCopiesNothing()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var model = Tiny.Model("llama");
        using var other = Tiny.Model("gpt2");
        ModelWeights.Save(model, folder["weights.safetensors"]);
        var before = other.OutputWeight.sum().ToDouble();

        var error = Should.Throw<InvalidDataException>(() => ModelWeights.Load(other, folder["weights.safetensors"]));

        error.Message.ShouldContain("transformer.wte.weight is missing");
        error.Message.ShouldContain("lm_head.weight is unexpected");
        other.OutputWeight.sum().ToDouble().ShouldBe(before);
    }
}
