using Alignment.Core.Checkpoints;
using Alignment.Core.Kernels;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Core.Tests.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Models;

/// <summary>Attention in one operator, as on a GPU, against products and a softmax: log-probs, gradients, padding, packed rows, the cache.</summary>
public sealed class ScaledDotProductTests : IDisposable
{
    private const double Tolerance = 2e-5;

    private readonly IDisposable _scope = NewDisposeScope();
    private readonly IDisposable _plain = NativeKernels.Off();

    public static TheoryData<string> Cases => [.. FamilyCase.Names.Where<string>(name => ModelConfig.Load(Fixture.At("families", name)).ScoreSoftCap is null)];

    public void Dispose()
    {
        _plain.Dispose();
        _scope.Dispose();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void LogProbsAndGradients_EqualThoseOfProducts(string name)
    {
        using var family = new FamilyCase(name);
        Tensor[] parameters = [.. family.Model.parameters()];
        var length = family.Sequences[0].Length;
        var targets = Enumerable.Range(0, 2 * length).Where(place => place % length != length - 1).Select(place => (long)place).ToArray();

        foreach (var starts in new[] { null, new[] { 0, 3, length, length + 5 } })
        {
            var (expected, expectedGradients) = Run();
            family.Model.Mode.ScaledDotProduct = true;
            var (found, foundGradients) = Run();
            family.Model.Mode.ScaledDotProduct = false;

            KernelCheck.Close(found, expected, Tolerance, "log-probs");
            for (var i = 0; i < parameters.Length; i++)
            {
                Same(foundGradients[i], expectedGradients[i], $"gradient {i}");
            }

            (Tensor, IList<Tensor>) Run()
            {
                long[] ids = [.. family.Sequences[0], .. family.Sequences[0].Reverse()];
                var logProbs = TargetBatch.Of(ids, 2, length, targets, [.. targets.Select(place => ids[place + 1])], CPU, starts).LogProbs(family.Model);
                return (logProbs, autograd.grad([KernelCheck.Weighted(logProbs)], parameters));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Logits_OfPaddedRowsAndWithACache_EqualThePlainFormulas(string name)
    {
        using var family = new FamilyCase(name);
        using var noGrad = no_grad();
        family.Model.Mode.ScaledDotProduct = true;

        foreach (var left in new[] { false, true })
        {
            var (ids, real) = family.Batch(left);
            Check(family.Model.Logits(family.Model.Hidden(ids, real)), real);
        }

        // In rows of different lengths the beginning of each row at once, then one token, then the rest.
        using var cache = family.Model.CreateCache(3, 32);
        int[] counts = [.. family.Sequences.Select(sequence => sequence.Length - 3)];
        var prompts = family.Batch(left: false).Ids;
        family.Model.Hidden(prompts.narrow(1, 0, counts.Max()), cache, counts);
        family.Model.Hidden(Next(1, 0), cache);
        var last = family.Model.Logits(family.Model.Hidden(Next(2, 1), cache));
        for (var row = 0; row < 3; row++)
        {
            var alone = family.Model.forward(tensor(family.Sequences[row]).unsqueeze(0))[0];
            Compare.MaxDifference(last[row], alone[^2..]).ShouldBeLessThan(Tolerance, $"row {row}");
        }

        // One row in two pieces.
        using var single = family.Model.CreateCache(1, 32);
        var whole = tensor(family.Sequences[0]).unsqueeze(0);
        family.Model.Hidden(whole.narrow(1, 0, 5), single);
        var rest = family.Model.Hidden(whole.narrow(1, 5, family.Sequences[0].Length - 5), single);
        Compare.MaxDifference(rest, family.Model.Hidden(whole)[.., 5..]).ShouldBeLessThan(Tolerance);

        Tensor Next(int tokens, int after) => stack([.. family.Sequences.Select((sequence, row) => tensor(sequence.AsSpan(counts[row] + after, tokens).ToArray()))]);

        void Check(Tensor logits, Tensor real)
        {
            for (var row = 0; row < family.Sequences.Count; row++)
            {
                Compare.MaxDifference(logits[row][real[row]], family.Logits[row]).ShouldBeLessThan(Tolerance, $"row {row}");
            }
        }
    }

    [Fact]
    public void Encoder_EqualsProducts()
    {
        using var model = ModelFolder.LoadClassifier(Fixture.At("bert-tiny"));
        model.eval();
        var ids = randint(5, 30, [3, 9], dtype: ScalarType.Int64);
        var real = arange(9).unsqueeze(0) < tensor(new long[] { 9, 4, 6 }).unsqueeze(1);
        Tensor[] parameters = [.. model.parameters()];

        var (expected, expectedGradients) = Run();
        model.Mode.ScaledDotProduct = true;
        var (found, foundGradients) = Run();

        KernelCheck.Close(found, expected, Tolerance, "logits");
        for (var i = 0; i < parameters.Length; i++)
        {
            if (expectedGradients[i] is not null)
            {
                Same(foundGradients[i], expectedGradients[i], $"gradient {i}");
            }
        }

        (Tensor, IList<Tensor>) Run()
        {
            var logits = model.Logits(ids, real);
            return (logits, autograd.grad([KernelCheck.Weighted(logits)], parameters, allow_unused: true));
        }
    }

    // A key's bias moves all scores of a query alike: its gradient is rounding around 0.
    private static void Same(Tensor found, Tensor expected, string what) =>
        Compare.MaxDifference(found, expected).ShouldBeLessThan(Tolerance * Math.Max(0.1, expected.abs().max().ToDouble()), what);
}
