using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Tests;

public class TensorIndexTests
{
    private readonly Tensor _grid = arange(24).reshape(2, 3, 4);

    [Fact]
    public void Item_Numbers_SelectsFromTheFront()
    {
        _grid[1, 2, 3].item<long>().ShouldBe(23);
        _grid[1].shape.ShouldBe([3, 4]);
        _grid[-1, 0].data<long>().ToArray().ShouldBe([12, 13, 14, 15]);
    }

    [Fact]
    public void Item_Ranges_SlicesAsInCSharp()
    {
        _grid[.., 1..3, ^1].ToString().ShouldStartWith("[2x2]");
        _grid[.., 1..3, ^1].data<long>().ToArray().ShouldBe([7, 11, 19, 23]);
        _grid[0, ..^1].shape.ShouldBe([2, 4]);
        _grid[0, ^2..].data<long>().ToArray().ShouldBe([4, 5, 6, 7, 8, 9, 10, 11]);
    }

    [Fact]
    public void Item_EllipsisNoneAndSteps_ShapeAsInNumpy()
    {
        _grid[TensorIndex.Ellipsis, 0].data<long>().ToArray().ShouldBe([0, 4, 8, 12, 16, 20]);
        _grid[TensorIndex.None, TensorIndex.Ellipsis, TensorIndex.Slice(0, 4, 2)].shape.ShouldBe([1, 2, 3, 2]);
        _grid[TensorIndex.Ellipsis, TensorIndex.Single(1), TensorIndex.Colon].shape.ShouldBe([2, 4]);
        _grid[TensorIndex.Bool(true), 0].shape.ShouldBe([1, 3, 4]);
        _grid[TensorIndex.Bool(false), 0].shape.ShouldBe([0, 3, 4]);
    }

    [Fact]
    public void Item_IndexTensors_GathersWithBroadcasting()
    {
        _grid[tensor(new[] { 0L, 1L }), tensor(new[] { 2L, 0L })].data<long>().ToArray().ShouldBe([8, 9, 10, 11, 12, 13, 14, 15]);
        _grid[TensorIndex.Colon, TensorIndex.Tensor(tensor(new[] { 2L, 0L })), TensorIndex.Slice(1, 2)].data<long>().ToArray().ShouldBe([9, 1, 21, 13]);
    }

    [Fact]
    public void Item_Mask_TakesElementsThatHold()
    {
        _grid[_grid > 21].data<long>().ToArray().ShouldBe([22, 23]);
        var rows = tensor(new[,] { { true, false, false }, { false, false, true } });
        _grid[TensorIndex.Tensor(rows), 1..3].data<long>().ToArray().ShouldBe([1, 2, 21, 22]);
    }

    [Fact]
    public void Item_Set_ChangesTheTensorItself()
    {
        var values = zeros(2, 3);
        values[0, 1] = 5f;
        values[1] = tensor(new[] { 1f, 2f, 3f });
        values[.., 2] = tensor(new[] { 8f, 9f });
        values[values == 5f] = 6f;

        values.data<float>().ToArray().ShouldBe([0f, 6f, 8f, 1f, 2f, 9f]);
    }

    [Fact]
    public void IndexPut_Accumulate_AddsRepeatedPlaces()
    {
        var counts = zeros(3);
        counts.index_put_(ones(4), [TensorIndex.Tensor(tensor(new[] { 0L, 2L, 2L, 2L }))], accumulate: true);

        counts.data<float>().ToArray().ShouldBe([1f, 0f, 3f]);
    }

    [Fact]
    public void Item_OutOfRange_ThrowsWithTheRange()
    {
        Should.Throw<ExternalException>(() => _grid[2]).Message.ShouldContain("out of range");
    }

    [Fact]
    public void Item_Slice_PassesGradients()
    {
        var x = ones([2, 3], requires_grad: true);
        x[.., 1..3].sum().backward();

        x.grad!.data<float>().ToArray().ShouldBe([0f, 1f, 1f, 0f, 1f, 1f]);
    }

    [Fact]
    public void Item_GetAndSet_LeaveNoTemporaries()
    {
        using var x = zeros(2, 3);
        using var value = tensor(4f);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        x[1, 2] = value;
        x[1..2, TensorIndex.None].Dispose();
        x[0].Dispose();

        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(before);
    }
}
