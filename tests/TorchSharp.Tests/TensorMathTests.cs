using static TorchSharp.torch;

namespace TorchSharp.Tests;

public class TensorMathTests
{
    private readonly Tensor _x = tensor(new[,] { { 1f, -2f, 3f }, { 4f, 0f, -6f } });

    [Fact]
    public void Operators_NumbersOnEitherSide_Compute()
    {
        Values(_x[0] + 1).ShouldBe([2f, -1f, 4f]);
        Values(1 - _x[0]).ShouldBe([0f, 3f, -2f]);
        Values(6f / _x[0]).ShouldBe([6f, -3f, 2f], 1e-6);
        Values(_x[0] * 0.5).ShouldBe([0.5f, -1f, 1.5f]);
        Values(_x[0] % 2).ShouldBe([1f, 0f, 1f]);
        Values(-_x[0]).ShouldBe([-1f, 2f, -3f]);
        (tensor(new[] { 3L }) / 2).item<float>().ShouldBe(1.5f);
        tensor(new[] { -3L }).div(2, RoundingMode.floor).item<long>().ShouldBe(-2);
        tensor(new[] { -3L }).div(tensor(2L), RoundingMode.trunc).item<long>().ShouldBe(-1);
    }

    [Fact]
    public void Operators_ComparisonsAndBits_GiveMasks()
    {
        Bits(_x[0] > 0).ShouldBe([true, false, true]);
        Bits(0 < _x[0]).ShouldBe([true, false, true]);
        Bits((_x[0] > 0) & ~(_x[0] == 3)).ShouldBe([true, false, false]);
        Bits((_x[0] <= 1) | (_x[0] != _x[0])).ShouldBe([true, true, false]);
        Bits((_x[0] > 0) ^ (_x[0] >= 3)).ShouldBe([true, false, false]);
    }

    [Fact]
    public void InPlace_Op_ReturnsTheSameObject()
    {
        var x = zeros(3);
        ReferenceEquals(x.add_(2).mul_(3).sub_(1).div_(5), x).ShouldBeTrue();
        ReferenceEquals(x.clamp_(0, 0.5), x).ShouldBeTrue();

        Values(x).ShouldBe([0.5f, 0.5f, 0.5f]);
        Values(x.addcmul_(ones(3), full(3, 4f), 0.5)).ShouldBe([2.5f, 2.5f, 2.5f]);
        Values(x.addcdiv_(ones(3), full(3, 4f), -2)).ShouldBe([2f, 2f, 2f]);
    }

    [Fact]
    public void Reductions_DimsAndKeepdim_Shape()
    {
        _x.sum().item<float>().ShouldBe(0);
        Values(_x.sum(1)).ShouldBe([2f, -2f]);
        _x.sum(1, keepdim: true).shape.ShouldBe([2, 1]);
        _x.sum(0, 1).item<float>().ShouldBe(0);
        tensor(new[] { true, true }).sum().dtype.ShouldBe(ScalarType.Int64);
        Values(_x.mean([0])).ShouldBe([2.5f, -1f, -1.5f]);
        _x.sum(ScalarType.Float64).dtype.ShouldBe(ScalarType.Float64);
        tensor(new[] { 1f, 3f }).std().item<float>().ShouldBe((float)Math.Sqrt(2), 1e-6f);
        _x.argmax().item<long>().ShouldBe(3);
        Values(_x.cumsum(1)).ShouldBe([1f, -1f, 2f, 4f, 4f, -2f]);
        Values(_x.norm(1)).ShouldBe([(float)Math.Sqrt(14), (float)Math.Sqrt(52)], 1e-5);
        Bits((_x > 0).any(0)).ShouldBe([true, false, true]);
        (_x > -10).all().item<bool>().ShouldBeTrue();
    }

    [Fact]
    public void Max_OverADimension_HasValuesAndPlaces()
    {
        var (values, indexes) = _x.max(1);
        Values(values).ShouldBe([3f, 4f]);
        indexes.data<long>().ToArray().ShouldBe([2L, 0L]);
    }

    [Fact]
    public void Softmax_LogSoftmaxLogsumexp_Agree()
    {
        var logits = randn(3, 7, dtype: float64);
        logits.softmax(-1).log().allclose(logits.log_softmax(-1)).ShouldBeTrue();
        (logits - logits.logsumexp(-1, keepdim: true)).allclose(logits.log_softmax(-1)).ShouldBeTrue();
        logits.softmax(-1, float32).dtype.ShouldBe(ScalarType.Float32);
    }

    [Fact]
    public void Products_MatmulBmmAndMm_Agree()
    {
        var (a, b) = (randn(2, 3, 4, dtype: float64), randn(2, 4, 5, dtype: float64));
        var product = a.matmul(b);
        product.allclose(a.bmm(b)).ShouldBeTrue();
        product[0].allclose(a[0].mm(b[0])).ShouldBeTrue();
    }

    [Fact]
    public void Joins_CatStackSplitChunk_Invert()
    {
        Values(cat([_x[0], _x[1]])).ShouldBe(Values(_x));
        stack([_x[0], _x[1]], 1).shape.ShouldBe([3, 2]);
        _x.split(2, 1).Select(part => part.shape[1]).ShouldBe([2L, 1L]);
        _x.split([1, 2], 1)[1].shape.ShouldBe([2, 2]);
        _x.chunk(2)[1].shape.ShouldBe([1, 3]);
        _x.unbind()[1].data<float>().ToArray().ShouldBe([4f, 0f, -6f]);
    }

    [Fact]
    public void Shapes_ViewsAndCopies_MoveElements()
    {
        Values(_x.transpose(0, 1)).ShouldBe([1f, 4f, -2f, 0f, 3f, -6f]);
        _x.permute(1, 0).Equals(_x.t()).ShouldBeTrue();
        _x.view(-1).shape.ShouldBe([6]);
        _x.unsqueeze(1).expand(2, 5, 3).shape.ShouldBe([2, 5, 3]);
        _x.unsqueeze(0).squeeze(0).shape.ShouldBe([2, 3]);
        Values(_x.flip(1)[0]).ShouldBe([3f, -2f, 1f]);
        Values(_x[0].repeat(2)).ShouldBe([1f, -2f, 3f, 1f, -2f, 3f]);
        Values(_x.narrow(1, 1, 2)).ShouldBe([-2f, 3f, 0f, -6f]);
    }

    [Fact]
    public void Gathers_IndexTensors_PickAndPut()
    {
        Values(_x.gather(1, tensor(new[,] { { 2L }, { 0L } }))).ShouldBe([3f, 4f]);
        Values(_x.index_select(0, tensor(new[] { 1L }))).ShouldBe([4f, 0f, -6f]);
        Values(zeros(3).scatter_add(0, tensor(new[] { 0L, 0L, 2L }), ones(3))).ShouldBe([2f, 0f, 1f]);
        Values(_x.masked_fill(_x < 0, 0)).ShouldBe([1f, 0f, 3f, 4f, 0f, 0f]);
        Values(where(_x > 0, _x, zeros_like(_x))).ShouldBe([1f, 0f, 3f, 4f, 0f, 0f]);
        (_x < 0).nonzero().data<long>().ToArray().ShouldBe([0L, 1L, 1L, 2L]);
    }

    [Fact]
    public void Conversions_To_ChangeTypeAndMakeNewObjects()
    {
        var same = _x.to(float32);
        ReferenceEquals(same, _x).ShouldBeFalse();
        same.Dispose();
        _x.IsInvalid.ShouldBeFalse();
        _x.to(int64).data<long>().ToArray().ShouldBe([1L, -2L, 3L, 4L, 0L, -6L]);
        _x.to(float64, CPU).dtype.ShouldBe(ScalarType.Float64);
        var clone = _x.clone();
        clone[0] = 9f;
        _x[0, 0].item<float>().ShouldBe(1);
    }

    [Fact]
    public void Unary_Special_HandleNonFinite()
    {
        var odd = tensor(new[] { float.NaN, float.PositiveInfinity, 1f });
        Bits(odd.isnan()).ShouldBe([true, false, false]);
        Bits(odd.isfinite()).ShouldBe([false, false, true]);
        tensor(new[] { 0.0 }).sigmoid().item<double>().ShouldBe(0.5);
    }

    [Fact]
    public void Multinomial_ZeroWeights_AreNeverDrawn()
    {
        var drawn = tensor(new[] { 0f, 1f, 0f, 1f }).multinomial(100, replacement: true);

        ((drawn == 1) | (drawn == 3)).all().item<bool>().ShouldBeTrue();
    }

    private static float[] Values(Tensor tensor) => tensor.data<float>().ToArray();

    private static bool[] Bits(Tensor tensor) => tensor.data<bool>().ToArray();
}
