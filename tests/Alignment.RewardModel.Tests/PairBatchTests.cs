using Alignment.Core.Checkpoints;
using Alignment.Core.Numerics;
using Alignment.Data.Collation;
using Alignment.Data.Rows;
using static TorchSharp.torch;

namespace Alignment.RewardModel.Tests;

public sealed class PairBatchTests
{
    [Fact]
    public void Scores_OfListsThatShareThePrompt_AreThoseOfEachResponseAlone()
    {
        using var run = new RewardRun("");
        using var model = ModelFolder.LoadScalarHead(run.At("base", "model"), seed: 5, heads: 2);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        int[] prompt = [.. Enumerable.Range(10, 12)]; // long enough to be shared
        (string, int[], int[])[] rows = [("a:1", prompt, [30]), ("a:1", prompt, [31, 32, 33]), ("a:1", prompt, [30, 34]), ("a:2", [40], [41, 42])];

        var batch = PaddedBatch.OfResponses(rows, padId: 0);
        var scores = model.HeadScores(tensor(batch.Ids, [batch.Rows, batch.Length]), batch.Lengths).data<float>().ToArray();

        double[] expected = [.. ResponseScores.HeadRewards(model, [.. rows.Select(row => new PromptedResponse(row.Item2, row.Item3))], batchSize: 1).SelectMany(row => row)];
        expected.Distinct().Count().ShouldBe(8);
        scores.Zip(expected).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 1e-5);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(18)] // also a token of the text
    public void Scores_OfAPaddedBatchOfPairs_AreThoseOfEachResponseAlone(int padId)
    {
        using var run = new RewardRun("");
        using var model = ModelFolder.LoadScalarHead(run.At("base", "model"), seed: 5);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        PreferenceExample[] pairs = [new("a:1", [10, 11], [12], [13, 14, 15], 0, 1), new("a:2", [16], [17, 18], [19], 0, 1)];
        PromptedResponse[] alone = [new([10, 11], [12]), new([16], [17, 18]), new([10, 11], [13, 14, 15]), new([16], [19])]; // chosen, then rejected

        var batch = PaddedBatch.OfPairs(pairs, padId);
        var scores = model.Scores(tensor(batch.Ids, [batch.Rows, batch.Length]), batch.Lengths).data<float>().ToArray();

        var expected = ResponseScores.Rewards(model, alone, batchSize: 1);
        expected.Distinct().Count().ShouldBe(4);
        scores.Zip(expected).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 1e-5);
    }
}
