using Alignment.Core.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Numerics;

/// <summary>What a backward pass leaves on a thread without a dispose scope, as libtorch's for a GPU is, and on one with.</summary>
public sealed class BackwardPassTests
{
    [Fact]
    public void Run_WithoutAScope_KeepsOnlyTheLastPass()
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(() =>
        {
            var (first, firstGiven, firstTemporary) = Pass();
            first.IsInvalid.ShouldBeFalse();
            firstTemporary.IsInvalid.ShouldBeTrue();

            var (second, secondGiven, _) = Pass();
            (first.IsInvalid, firstGiven.IsInvalid).ShouldBe((true, true));
            (second.IsInvalid, secondGiven.IsInvalid).ShouldBe((false, false));
            second[0].ToDouble().ShouldBe(2);
        }));
        thread.Start();
        thread.Join();

        failure.ShouldBeNull();
    }

    [Fact]
    public void Run_WithinAScope_LeavesThePassToIt()
    {
        using var scope = NewDisposeScope();

        var (first, given, _) = Pass();
        Pass();

        (first.IsInvalid, given.IsInvalid).ShouldBe((false, false));
    }

    private static (Tensor Result, Tensor Given, Tensor Temporary) Pass()
    {
        var (given, temporary) = (ones(2), (Tensor?)null);
        var gradients = BackwardPass.Run([given], () =>
        {
            using var scope = NewDisposeScope();
            temporary = given * 1;
            return [(temporary + 1).MoveToOuterDisposeScope(), null!];
        });
        return (gradients[0], given, temporary!);
    }
}
