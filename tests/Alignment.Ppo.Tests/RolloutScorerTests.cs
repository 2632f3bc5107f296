using Alignment.Rollouts;
using static TorchSharp.torch;

namespace Alignment.Ppo.Tests;

public sealed class RolloutScorerTests
{
    [Fact]
    public void Score_TwoResponses_GivesWhatThePlainFormulasGive()
    {
        using var run = new TinyRun("");
        using var loop = new TinyLoop(run, TinyLoop.Options(run));
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        (int Prompt, int[] Response)[] responses = [(0, [70, 71, 3]), (4, [72])];
        var batch = loop.Batch(responses);

        loop.Score(batch, [0, 1]);

        for (var row = 0; row < 2; row++)
        {
            // One sequence at a time, unpadded, all logits at once, divided by the temperature (0.7).
            var prompt = loop.Prompts[responses[row].Prompt].Prompt;
            long[] ids = [.. prompt.Concat(responses[row].Response).Select(id => (long)id)];
            var input = tensor(ids, [1, ids.Length]);
            var logProbs = nn.functional.log_softmax(loop.Models.Policy.forward(input)[0] / 0.7, 1); // [T, V]
            var values = loop.Models.Value.Values(input)[0];                                          // [T]
            for (var t = 0; t < responses[row].Response.Length; t++)
            {
                var state = prompt.Length + t - 1;
                batch.LogProbs[row, t].item<float>().ShouldBe(logProbs[state, responses[row].Response[t]].item<float>(), 1e-5);
                batch.ReferenceLogProbs[row, t].item<float>().ShouldBe(batch.LogProbs[row, t].item<float>(), 1e-6);
                batch.Values[row, t].item<float>().ShouldBe((values[state].item<float>() - 0.1f) / 0.5f, 1e-5);
            }

            // The score is the reward model's at the last token, mean and deviation taken out; the value model began as its copy.
            batch.Scores[row].ShouldBe((values[ids.Length - 1].item<float>() - 0.1f) / 0.5f, 1e-5f);
        }

        batch.LogProbs[1, 1].item<float>().ShouldBe(0); // past the end
        batch.Values[1, 1].item<float>().ShouldBe(0);
    }

    [Fact]
    public void Score_FullKl_IsTheDivergenceOfTheDistributions()
    {
        using var run = new TinyRun("");
        using var loop = new TinyLoop(run, TinyLoop.Options(run));
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        (int Prompt, int[] Response)[] responses = [(0, [70, 71, 3]), (4, [72])];
        var batch = loop.Batch(responses);
        loop.Nudge(0.5);

        new RolloutScorer(loop.Models.Shared, loop.RunOptions, fullKl: true).Score(batch, [[0], [1]]);

        for (var row = 0; row < 2; row++)
        {
            var prompt = loop.Prompts[responses[row].Prompt].Prompt;
            long[] ids = [.. prompt.Concat(responses[row].Response).Select(id => (long)id)];
            var input = tensor(ids, [1, ids.Length]);
            Tensor LogProbs(Core.Models.CausalLm model) => nn.functional.log_softmax(model.forward(input)[0] / 0.7, 1); // [T, V]
            var (policy, reference) = (LogProbs(loop.Models.Policy), LogProbs(loop.Models.Reference!));
            var expected = (policy.exp() * (policy - reference)).sum(dim: 1);
            for (var t = 0; t < responses[row].Response.Length; t++)
            {
                batch.FullKl![row, t].item<float>().ShouldBe(expected[prompt.Length + t - 1].item<float>(), 1e-5);
                batch.FullKl[row, t].item<float>().ShouldBeGreaterThan(0);
            }
        }

        batch.FullKl![1, 1].item<float>().ShouldBe(0); // past the end
        batch.Kl(Objectives.KlEstimator.Full).sum().item<float>().ShouldBe(batch.FullKl.sum().item<float>());
    }

    [Fact]
    public void Score_OtherMicroBatches_ChangesNothing()
    {
        using var run = new TinyRun("");
        using var loop = new TinyLoop(run, TinyLoop.Options(run));
        using var scope = NewDisposeScope();
        (int, int[])[] responses = [(0, [70, 71, 3]), (4, [72]), (2, [80, 3])];
        var together = loop.Batch(responses);
        var apart = loop.Batch(responses);

        loop.Score(together, [0, 1, 2]);
        loop.Score(apart, [2], [1], [0]);

        (together.LogProbs - apart.LogProbs).abs().max().item<float>().ShouldBeLessThan(1e-5f);
        (together.Values - apart.Values).abs().max().item<float>().ShouldBeLessThan(1e-5f);
        together.Scores.Zip(apart.Scores, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-5f);
    }

    [Fact]
    public void Score_AfterLastToken_HasTheValueAfterShorterResponses()
    {
        using var run = new TinyRun("");
        using var loop = new TinyLoop(run, TinyLoop.Options(run) with { ScorePlacement = Objectives.ScorePlacement.AfterLastToken });
        using var scope = NewDisposeScope();
        var batch = loop.Batch((0, [70, 71, 3]), (4, [72]));

        loop.Score(batch, [0, 1]);

        batch.ValueLengths.ShouldBe([3, 2]);
        batch.Values[1, 1].item<float>().ShouldBe(batch.Scores[1], 1e-5f); // the state after the last token is where the reward model looks
    }

    [Fact]
    public void Score_ClipAndMissingEos_ApplyInThatOrder()
    {
        using var run = new TinyRun("");
        using var loop = new TinyLoop(run, TinyLoop.ByFunction(run) with { RewardClip = 0.25, MissingEosPenalty = 0.5 });
        using var scope = NewDisposeScope();
        var a = loop.Models.Tokenizer.Encode("a")[0];
        var z = loop.Models.Tokenizer.Encode("z")[0];
        var batch = loop.Batch((0, [a, 3]), (0, [a]), (0, [z, 3]));

        loop.Score(batch, [0, 1, 2]);

        batch.Scores.ShouldBe([0.25f, -0.25f, 0f]); // 1 clipped; 1 clipped, then 0.5 off; 0
    }
}
