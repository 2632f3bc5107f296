using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Tests;

/// <summary>Large tensors lie in a range of their own (native/memory.cpp), where what they leave joins.</summary>
public class TensorMemoryTests
{
    private const int Mega = 1 << 20;

    [Fact]
    public void Gaps_OfNeighbours_Join()
    {
        using var anchor = empty(Mega);
        using var small = new DisposeAtEnd();
        var tensors = new Tensor[5];
        for (var k = 0; k < tensors.Length; k++)
        {
            tensors[k] = empty(Mega + (k * 100));
            small.Add(empty(3)); // in the C library's heap it would lie between
        }

        var start = Place(tensors[1]);
        foreach (var k in new[] { 1, 3, 2 }) // one gap, another, and what lies between
        {
            tensors[k].Dispose();
        }

        using var whole = empty(3 * Mega);

        Place(whole).ShouldBe(start);
        tensors[0].Dispose();
        tensors[4].Dispose();

        long Place(Tensor tensor) => Unsafe.ByteOffset(ref MemoryMarshal.GetReference(anchor.bytes), ref MemoryMarshal.GetReference(tensor.bytes));
    }

    [Fact]
    public void Tensors_ThatComeAndGo_DoNotOverlap()
    {
        var random = new Random(1);
        var live = new List<(Tensor Tensor, float Value)>();
        for (var step = 0; step < 600; step++)
        {
            if (live.Count > 20 || (live.Count > 0 && random.Next(3) == 0))
            {
                var place = random.Next(live.Count);
                var (tensor, value) = live[place];
                tensor.min().ToSingle().ShouldBe(value);
                tensor.max().ToSingle().ShouldBe(value);
                tensor.Dispose();
                live.RemoveAt(place);
                continue;
            }

            live.Add((full([random.Next(1, 200_000)], step, dtype: ScalarType.Float32), step));
        }

        live.ForEach(item => item.Tensor.Dispose());
    }

    [Fact]
    public void ATensorLargerThanTheMachine_IsRefused() =>
        Should.Throw<ExternalException>(() => empty(1L << 50, dtype: ScalarType.Int8)).Message.ShouldContain("memory");

    private sealed class DisposeAtEnd : List<Tensor>, IDisposable
    {
        public void Dispose() => ForEach(tensor => tensor.Dispose());
    }
}
