using Alignment.Core.Models;
using Alignment.Data.Rows;
using Alignment.Objectives;
using static TorchSharp.torch;

namespace Alignment.Dpo.Tests;

public sealed class PairScorerTests
{
    private const double Beta = 0.3;

    [Theory]
    [InlineData(DpoLossKind.Sigmoid, 0, 0, true)]
    [InlineData(DpoLossKind.Sigmoid, 0.1, 0.5, true)]
    [InlineData(DpoLossKind.Hinge, 0, 0, true)]
    [InlineData(DpoLossKind.Ipo, 0, 0, true)]
    [InlineData(DpoLossKind.Ipo, 0.2, 0, false)]
    public void Score_FixtureBatch_LossesEqualTheDenseFormula(DpoLossKind kind, double smoothing, double sftWeight, bool lengthNorm)
    {
        using var scope = NewDisposeScope();
        using var policy = TinyPairs.Policy();
        var options = TinyPairs.Options with { Beta = Beta, Loss = [kind], LabelSmoothing = smoothing, SftWeight = sftWeight, IpoLengthNorm = lengthNorm };

        var scores = new PairScorer(options, policy, TinyPairs.PadId).Score(TinyPairs.Set, [2, 0, 3, 1]);

        int[] order = [2, 0, 3, 1];
        var losses = scores.Losses.detach().data<double>().ToArray();
        for (var i = 0; i < order.Length; i++)
        {
            losses[i].ShouldBe(Dense(policy, order[i], kind, smoothing, sftWeight, lengthNorm), 1e-5);
        }
    }

    [Fact]
    public void Score_Gradient_EqualsTheDenseOne()
    {
        using var scope = NewDisposeScope();
        using var policy = TinyPairs.Policy();
        var weight = policy.parameters().First();

        new PairScorer(TinyPairs.Options, policy, TinyPairs.PadId).Score(TinyPairs.Set, [0]).Losses.sum().backward();
        var found = weight.grad!.clone();
        policy.zero_grad();
        var pair = TinyPairs.Pairs[0];
        var h = LogProb(policy, pair.Prompt, pair.Chosen) - TinyPairs.Reference.Chosen[0] - (LogProb(policy, pair.Prompt, pair.Rejected) - TinyPairs.Reference.Rejected[0]);
        nn.functional.logsigmoid(0.1 * h).neg().backward();

        (found - weight.grad!).abs().max().item<float>().ShouldBeLessThan(1e-6f);
        weight.grad!.abs().max().item<float>().ShouldBeGreaterThan(1e-4f);
    }

    [Fact]
    public void Score_NeighboursAndPadding_ChangeNothing()
    {
        using var scope = NewDisposeScope();
        using var policy = TinyPairs.Policy();
        var alone = new PairScorer(TinyPairs.Options, policy, TinyPairs.PadId).Score(TinyPairs.Set, [0]);
        var together = new PairScorer(TinyPairs.Options, policy, padId: 31).Score(TinyPairs.Set, [1, 0, 2]);

        alone.Losses[0].item<double>().ShouldBe(together.Losses[1].item<double>(), 1e-6);
    }

    [Fact]
    public void Score_ReferenceOfTheSameModel_GivesLn2AndRewards0()
    {
        using var scope = NewDisposeScope();
        using var policy = TinyPairs.Policy();
        var reference = ReferenceLogProbs.Compute(policy, TinyPairs.Pairs, batchSize: 3, TinyPairs.PadId, _ => { }, default);
        var options = TinyPairs.Options with { LabelSmoothing = 0.1 };

        var scores = new PairScorer(options, policy, TinyPairs.PadId).Score(new PairSet(TinyPairs.Pairs, reference), [3, 2, 1, 0]);

        scores.Losses.detach().data<double>().ToArray().ShouldAllBe(loss => Math.Abs(loss - Math.Log(2)) < 1e-6);
        scores.Pairwise.ChosenRewards.abs().max().item<double>().ShouldBeLessThan(1e-6);
        scores.Pairwise.RejectedRewards.abs().max().item<double>().ShouldBeLessThan(1e-6);
    }

    /// <summary>The whole formula on one unpadded pair at a time, from the logits of every position.</summary>
    private static double Dense(CausalLm policy, int row, DpoLossKind kind, double smoothing, double sftWeight, bool lengthNorm)
    {
        PreferenceExample pair = TinyPairs.Pairs[row];
        var (chosen, rejected) = (LogProb(policy, pair.Prompt, pair.Chosen).item<double>(), LogProb(policy, pair.Prompt, pair.Rejected).item<double>());
        var (chosenRatio, rejectedRatio) = (chosen - TinyPairs.Reference.Chosen[row], rejected - TinyPairs.Reference.Rejected[row]);
        var h = kind == DpoLossKind.Ipo && lengthNorm
            ? (chosenRatio / pair.Chosen.Length) - (rejectedRatio / pair.Rejected.Length)
            : chosenRatio - rejectedRatio;
        double Form(double x) => kind switch
        {
            DpoLossKind.Sigmoid => Math.Log(1 + Math.Exp(-Beta * x)),
            DpoLossKind.Hinge => Math.Max(0, 1 - (Beta * x)),
            _ => Math.Pow(x - (1 / (2 * Beta)), 2),
        };
        var p = (pair.Label * (1 - smoothing)) + ((1 - pair.Label) * smoothing);
        return (p * Form(h)) + ((1 - p) * Form(-h)) - (sftWeight * chosen / pair.Chosen.Length);
    }

    private static Tensor LogProb(CausalLm policy, int[] prompt, int[] response)
    {
        long[] ids = [.. prompt, .. response];
        var logProbs = nn.functional.log_softmax(policy.forward(tensor(ids, [1, ids.Length])).to(ScalarType.Float64), 2); // [1, T, V]
        var next = logProbs.narrow(1, prompt.Length - 1, response.Length); // [1, R, V]
        return next.gather(2, tensor([.. response.Select(id => (long)id)], [1, response.Length, 1])).sum(); // []
    }
}
