using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace TorchSharp.Tests.NN;

public sealed class AttentionTests
{
    private const int Length = 5;
    private const int Width = 4;

    [Fact]
    public void Attention_NoMask_IsTheDenseFormula() => Compare((_, _) => true, (q, k, v) => F.scaled_dot_product_attention(q, k, v));

    [Fact]
    public void Attention_Causal_SeesNoLaterKey() =>
        Compare((query, key) => key <= query, (q, k, v) => F.scaled_dot_product_attention(q, k, v, is_casual: true));

    [Fact]
    public void Attention_BoolMask_SeesWhereTrue() => Compare(
        (query, key) => (query + key) % 2 == 0,
        (q, k, v) => F.scaled_dot_product_attention(q, k, v, Mask((query, key) => (query + key) % 2 == 0)));

    [Fact]
    public void Attention_FloatMask_IsAdded()
    {
        using var scope = NewDisposeScope();
        var blocked = Mask((query, key) => key > query);
        var additive = zeros(Length, Length, dtype: float64).masked_fill(blocked, double.NegativeInfinity);

        Compare((query, key) => key <= query, (q, k, v) => F.scaled_dot_product_attention(q, k, v, additive));
    }

    [Fact]
    public void Attention_QueryWithoutAnyKey_GetsZerosAndFiniteGradients()
    {
        using var scope = NewDisposeScope();
        var (q, k, v) = Inputs();

        var result = F.ComposedAttention(q, k, v, Mask((query, _) => query != 1), 0, false);
        result.square().sum().backward();

        result.select(2, 1).abs().sum().ToDouble().ShouldBe(0);
        q.grad!.isfinite().all().item<bool>().ShouldBeTrue();
        k.grad!.isfinite().all().item<bool>().ShouldBeTrue();
    }

    [Fact]
    public void Attention_MaskAndCausal_Throws()
    {
        using var scope = NewDisposeScope();
        var (q, k, v) = Inputs();

        Should.Throw<ArgumentException>(() => F.ComposedAttention(q, k, v, Mask((_, _) => true), 0, true));
    }

    private static void Compare(Func<int, int, bool> attends, Func<Tensor, Tensor, Tensor, Tensor> attention)
    {
        using var scope = NewDisposeScope();
        var (q, k, v) = Inputs();
        var result = attention(q, k, v).data<double>();
        var (qs, ks, vs) = (q.detach().data<double>(), k.detach().data<double>(), v.detach().data<double>());
        for (var head = 0; head < 3; head++)
        {
            for (var i = 0; i < Length; i++)
            {
                var weights = Enumerable.Range(0, Length)
                    .Select(j => attends(i, j) ? Math.Exp(Enumerable.Range(0, Width).Sum(d => qs[0, head, i, d] * ks[0, head, j, d]) / Math.Sqrt(Width)) : 0)
                    .ToArray();
                for (var d = 0; d < Width; d++)
                {
                    var expected = Enumerable.Range(0, Length).Sum(j => weights[j] * vs[0, head, j, d]) / weights.Sum();
                    result[0, head, i, d].ShouldBe(expected, 1e-12);
                }
            }
        }
    }

    private static (Tensor Query, Tensor Key, Tensor Value) Inputs()
    {
        using var generator = new Generator(11);
        Tensor Draw() => randn([1, 3, Length, Width], dtype: float64, generator: generator).requires_grad_();
        return (Draw(), Draw(), Draw());
    }

    private static Tensor Mask(Func<int, int, bool> holds)
    {
        var values = new bool[Length, Length];
        for (var i = 0; i < Length; i++)
        {
            for (var j = 0; j < Length; j++)
            {
                values[i, j] = holds(i, j);
            }
        }

        return tensor(values);
    }
}
