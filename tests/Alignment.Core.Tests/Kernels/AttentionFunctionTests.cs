using Alignment.Core.Kernels;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Kernels;

/// <summary>Queries, keys and values read where one product has left them, against copies of each: the same bits, results and gradient.</summary>
public sealed class AttentionFunctionTests : IDisposable
{
    private const int Tokens = 70;

    private readonly IDisposable _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(6, 6, 10, false, ScalarType.Float32, false)] // GPT-2
    [InlineData(6, 6, 10, false, ScalarType.BFloat16, false)]
    [InlineData(6, 2, 32, false, ScalarType.Float32, true)] // Phi-3
    [InlineData(6, 2, 32, false, ScalarType.BFloat16, true)]
    [InlineData(4, 4, 12, true, ScalarType.Float32, true)] // NeoX
    [InlineData(4, 4, 12, true, ScalarType.BFloat16, true)]
    public void Run_OnOneProduct_LikeOnItsParts(int heads, int keyHeads, int size, bool perHead, ScalarType type, bool turns)
    {
        NativeKernels.IsAvailable.ShouldBeTrue();
        manual_seed(1);
        var all = randn([1, Tokens, (heads + (2 * keyHeads)) * size]).to(type).requires_grad_(true);
        var angles = randn([Tokens, size / 4]);
        var groups = new SequenceGroups([2, 0, 20, 2, 9, 11, 40, 30, 0], turns ? angles.cos() : null, turns ? angles.sin() : null);

        var found = AttentionFunction.Run(all, heads, keyHeads, perHead, groups, 0.3);
        Tensor[] parts = perHead
            ? all.view(1, Tokens, heads, 3 * size).split(size, -1)
            : [.. all.split([heads * size, keyHeads * size, keyHeads * size], -1).Select(part => part.reshape(1, Tokens, -1, size))];
        var expected = AttentionFunction.Run(parts[0], parts[1], parts[2], groups, 0.3);

        KernelCheck.Close(found, expected, 0, "result");
        KernelCheck.Close(Gradient(found), Gradient(expected), 0, "gradient");

        Tensor Gradient(Tensor result) => autograd.grad([KernelCheck.Weighted(result)], [all])[0];
    }
}
