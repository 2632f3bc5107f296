using Alignment.Core.Kernels;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Kernels;

/// <summary>Attention over packed groups against its formula, and over queries, keys and values read where one product has left them against copies of each.</summary>
public sealed class AttentionFunctionTests : IDisposable
{
    private const int Tokens = 70;

    private readonly IDisposable _scope = NewDisposeScope();

    /// <summary>First token, prefix, continuations, their lengths: rows of the edges of tiles and blocks, a prefix with none, one and three continuations.</summary>
    private static readonly long[] Groups = [9, 0, 1, 0, 1, 8, 0, 9, 31, 0, 40, 32, 0, 72, 33, 0, 105, 65, 0, 170, 97, 1, 1, 268, 33, 3, 40, 7, 33, 381, 16, 2, 32, 64];

    public void Dispose()
    {
        NativeKernels.ak_use(0);
        _scope.Dispose();
    }

    public static TheoryData<int, ScalarType, double> Levels => new()
    {
        { 1, ScalarType.Float32, 1e-5 },
        { 2, ScalarType.Float32, 1e-5 },
        { 3, ScalarType.Float32, 1e-5 },
        { 1, ScalarType.BFloat16, 0.02 },
        { 2, ScalarType.BFloat16, 0.02 },
        { 3, ScalarType.BFloat16, 0.02 },
    };

    [Theory]
    [MemberData(nameof(Levels))]
    public void Run_GroupsOfManyLengths_LikeTheFormula(int level, ScalarType type, double tolerance)
    {
        if (NativeKernels.ak_use(level) == 0)
        {
            return;
        }

        manual_seed(2);
        var seen = Seen(Groups);
        foreach (var (heads, keyHeads, size) in new[] { (2, 2, 64), (4, 1, 40), (2, 1, 10) })
        {
            Tensor[] inputs = [.. new[] { heads, keyHeads, keyHeads }.Select(count => randn([1, seen.size(0), count, size]).to(type).requires_grad_(true))];
            SpoilsAll(full_like(inputs[0], float.NaN), inputs[1], inputs[2]); // and what it leaves in the threads' memory must not be seen below
            SpoilsAll(inputs[0], full_like(inputs[1], float.NaN), inputs[2]);
            var found = AttentionFunction.Run(inputs[0], inputs[1], inputs[2], new SequenceGroups(Groups), 0.3);
            var exact = inputs.Select(input => input.to(ScalarType.Float64)).ToArray();
            var expected = Formula(exact[0], exact[1], exact[2], seen);
            KernelCheck.Close(found, expected, tolerance, "result");
            var gradients = autograd.grad([KernelCheck.Weighted(found)], inputs);
            var expectedGradients = autograd.grad([KernelCheck.Weighted(expected)], inputs);
            for (var i = 0; i < inputs.Length; i++)
            {
                KernelCheck.Close(gradients[i], expectedGradients[i], tolerance, $"gradient {i} of heads {heads}, {keyHeads} of {size}");
            }
        }
    }

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

    /// <summary>Queries or keys that are not numbers must not come out as if they were.</summary>
    private static void SpoilsAll(Tensor query, Tensor key, Tensor value)
    {
        var values = value.detach().requires_grad_(true);
        var result = AttentionFunction.Run(query.detach(), key.detach(), values, new SequenceGroups(Groups), 0.3);
        result.isnan().all().item<bool>().ShouldBeTrue("the result");
        autograd.grad([result], [values], [ones_like(result)])[0].isnan().all().item<bool>().ShouldBeTrue("the gradient of the values");
    }

    /// <summary>softmax(0.3 · q·kᵀ) · v over the keys that are seen, [1, T, heads · size].</summary>
    private static Tensor Formula(Tensor query, Tensor key, Tensor value, Tensor seen)
    {
        var shared = query.size(2) / key.size(2);
        var (q, k, v) = (query[0].transpose(0, 1), Repeated(key), Repeated(value)); // [heads, T, size]
        var scores = (q.bmm(k.transpose(1, 2)) * 0.3).masked_fill(seen.logical_not(), double.NegativeInfinity);
        return scores.softmax(-1).bmm(v).transpose(0, 1).reshape(1, query.size(1), -1);

        Tensor Repeated(Tensor heads) => heads[0].transpose(0, 1).unsqueeze(1).expand(-1, shared, -1, -1).reshape(query.size(2), query.size(1), -1);
    }

    /// <summary>[T, T]: the query of a row sees the key of a column.</summary>
    private static Tensor Seen(long[] groups)
    {
        var pieces = new List<(long Prefix, long From, long Length)>(); // of each piece, with the first token of its prefix
        for (var at = 1; at < groups.Length; at += 3 + (int)groups[at + 2])
        {
            pieces.Add((groups[at], groups[at], groups[at + 1]));
            foreach (var length in groups.AsSpan(at + 3, (int)groups[at + 2]))
            {
                pieces.Add((groups[at], pieces[^1].From + pieces[^1].Length, length));
            }
        }

        var tokens = pieces[^1].From + pieces[^1].Length;
        var seen = new bool[tokens, tokens];
        foreach (var (prefix, from, length) in pieces)
        {
            var prefixLength = pieces.First(piece => piece.From == prefix).Length;
            for (var query = from; query < from + length; query++)
            {
                for (var key = prefix; key <= query; key++)
                {
                    seen[query, key] = key >= from || key < prefix + prefixLength;
                }
            }
        }

        return tensor(seen);
    }
}
