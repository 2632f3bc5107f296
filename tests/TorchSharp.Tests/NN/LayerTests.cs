using static TorchSharp.torch;

namespace TorchSharp.Tests.NN;

public sealed class LayerTests
{
    [Fact]
    public void Linear_Initial_IsWithinOneOverRootOfInputs()
    {
        manual_seed(1);
        using var layer = nn.Linear(100, 400);

        layer.in_features.ShouldBe(100);
        layer.weight.shape.ShouldBe([400, 100]);
        layer.bias!.shape.ShouldBe([400]);
        foreach (var parameter in layer.parameters())
        {
            using var scope = NewDisposeScope();
            var largest = parameter.detach().abs().max().ToDouble();
            largest.ShouldBeInRange(0.09, 0.1); // U(-1/√100, 1/√100)
        }
    }

    [Fact]
    public void Linear_SameSeed_GivesTheSameWeights()
    {
        manual_seed(5);
        using var first = nn.Linear(4, 4);
        manual_seed(5);
        using var second = nn.Linear(4, 4);

        first.weight.Equals(second.weight).ShouldBeTrue();
    }

    [Fact]
    public void Embedding_Lookup_GivesRowsAndPaddingHasNoGradient()
    {
        using var scope = NewDisposeScope();
        using var table = nn.Embedding(5, 3, padding_idx: -4);

        var rows = table.call(tensor(new long[] { 1, 2, 2 }));
        rows.select(0, 0).abs().sum().ToDouble().ShouldBe(0);
        rows.select(0, 1).Equals(table.weight!.select(0, 2)).ShouldBeTrue();

        rows.sum().backward();
        var grad = table.weight!.grad!;
        grad.sum(1).data<float>().ToArray().ShouldBe([0, 0, 6, 0, 0]);
    }

    [Fact]
    public void Embedding_FromPretrained_TakesTheTableAndTrainsItUnlessFrozen()
    {
        using var scope = NewDisposeScope();
        using var table = nn.Embedding_from_pretrained(arange(6, dtype: ScalarType.Float32).reshape(3, 2), freeze: false);
        using var frozen = nn.Embedding_from_pretrained(zeros(3, 2));

        table.forward(tensor(new[] { 2L })).data<float>().ToArray().ShouldBe([4f, 5f]);
        table.weight!.requires_grad.ShouldBeTrue();
        frozen.weight!.requires_grad.ShouldBeFalse();
    }

    [Fact]
    public void Embedding_MaxNorm_ShrinksTheRowsThatAreUsed()
    {
        using var scope = NewDisposeScope();
        using var table = nn.Embedding(4, 64, max_norm: 1.0);

        var norm = table.call(tensor(new long[] { 3 })).square().sum().sqrt().ToDouble();

        norm.ShouldBe(1.0, 1e-4);
    }

    [Fact]
    public void LayerNorm_Row_HasMeanZeroAndVarianceOne()
    {
        using var scope = NewDisposeScope();
        using var norm = nn.LayerNorm(4);

        // (1, 2, 3, 4): mean 2.5, variance 1.25
        var y = norm.call(tensor(new float[] { 1, 2, 3, 4 })).data<float>().ToArray();

        var deviation = Math.Sqrt(1.25 + 1e-5);
        y.Select((value, i) => Math.Abs(value - (i - 1.5) / deviation)).Max().ShouldBeLessThan(1e-6);
        nn.LayerNorm(4, bias: false).bias.ShouldBeNull();
        nn.LayerNorm(4, elementwise_affine: false).parameters().ShouldBeEmpty();
    }

    [Fact]
    public void Dropout_TrainAndEval_ScalesOrLeavesAlone()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        using var dropout = nn.Dropout(0.25);
        var x = ones(10_000);

        var kept = dropout.call(x);
        var values = kept.data<float>().ToArray().Distinct().Order().ToArray();
        values.Length.ShouldBe(2);
        values[0].ShouldBe(0);
        values[1].ShouldBe(1 / 0.75f, 1e-6f);
        kept.ne(0).sum().ToDouble().ShouldBeInRange(7300, 7700);

        dropout.eval();
        dropout.call(x).Equals(x).ShouldBeTrue();
    }
}
