using Alignment.Core.Checkpoints;
using Alignment.Core.Generation;
using Alignment.Core.Generation.Decoding;
using Alignment.Core.Models;
using Alignment.Core.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Generation;

public sealed class TextGeneratorTests : IDisposable
{
    private static readonly int[][] Prompts = [[1, 5, 9], [1, 7], [1, 5, 9], [1, 11, 12, 13, 14, 15], [1, 20, 21], [1]];
    private static readonly long[] Seeds = [10, 11, 12, 13, 14, 15];

    private readonly CausalLm _model = ModelFolder.LoadCausalLm(Fixture.At("llama-tiny"));

    public void Dispose() => _model.Dispose();

    [Theory]
    [InlineData("phi3-longrope-short")]
    [InlineData("llama-dynamic")]
    [InlineData("gemma3")]
    [InlineData("opt")]
    public void Generate_PromptsOfManyLengthsTakingTurns_EqualsEachAlone(string family)
    {
        using var model = ModelFolder.LoadCausalLm(Fixture.At("families", family));
        var prompts = Enumerable.Range(0, 7).Select(i => Tiny.Ids(1, 2 + (3 * i % 13), seed: i).data<long>().Select(id => 3 + (int)(id % 26)).ToArray()).ToArray();
        var options = new SamplingOptions { Temperature = 0, MaxNewTokens = 9 };

        var together = new TextGenerator(model, options, maxRows: 3).Generate(prompts, [.. prompts.Select((_, i) => (long)i)]);

        for (var i = 0; i < prompts.Length; i++)
        {
            together[i].Ids.Select(id => (long)id).ShouldBe(Greedy.Continue(model, [.. prompts[i].Select(id => (long)id)], 9, useCache: false));
        }
    }

    [Fact]
    public void Generate_AnyNeighbours_SameTextForSamePromptAndSeed()
    {
        var options = new SamplingOptions { MaxNewTokens = 12, StopIds = [2, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40] };
        var together = new TextGenerator(_model, options).Generate(Prompts, Seeds);
        var narrow = new TextGenerator(_model, options, maxRows: 2).Generate(Prompts, Seeds);
        for (var i = 0; i < Prompts.Length; i++)
        {
            var alone = new TextGenerator(_model, options).Generate([Prompts[i]], [Seeds[i]])[0];
            together[i].Ids.ShouldBe(alone.Ids);
            narrow[i].Ids.ShouldBe(alone.Ids);
            together[i].Finish.ShouldBe(alone.Finish);
        }

        together[0].Ids.ShouldNotBe(together[2].Ids); // one prompt, two seeds
        together.Select(sequence => sequence.Ids.Length).Distinct().Count().ShouldBeGreaterThan(1, "else nothing left the batch early");
    }

    [Theory]
    [InlineData("llama-yarn")]
    [InlineData("gemma2")]
    [InlineData("gpt-neox")]
    [InlineData("olmo2")]
    public void Generate_PackedWeights_SameTextAsTorchsOperators(string family)
    {
        using var model = ModelFolder.LoadCausalLm(Fixture.At("families", family));
        int[][] prompts = [.. Enumerable.Range(0, 9).Select(i => Tiny.Ids(1, 1 + (4 * (i / 3)), seed: i / 3).data<long>().Select(id => 3 + (int)(id % 26)).ToArray())];
        long[] seeds = [.. Enumerable.Range(0, 9).Select(i => (long)i)];
        foreach (var options in new SamplingOptions[] { new() { MaxNewTokens = 9, StopIds = [4, 9] }, new() { Temperature = 0, MaxNewTokens = 9 }, new() { MaxNewTokens = 9, TopK = 7, TopP = 0.9, RepetitionPenalty = 1.2 } })
        {
            var packed = new TextGenerator(model, options, maxRows: 4).Generate(prompts, seeds);
            var plain = new TextGenerator(model, options, maxRows: 4) { UsesTorchOnly = true }.Generate(prompts, seeds);
            for (var i = 0; i < prompts.Length; i++)
            {
                packed[i].Ids.ShouldBe(plain[i].Ids);
                packed[i].Finish.ShouldBe(plain[i].Finish);
                packed[i].LogProbs.Zip(plain[i].LogProbs, (a, b) => MathF.Abs(a - b)).Max().ShouldBeLessThan(2e-5f);
            }
        }
    }

    [Theory]
    [InlineData(8, 0)] // all side by side
    [InlineData(3, 19)] // taking turns: the third prompt comes in beside the first, loses its place to the others, and runs again but for one token
    public void Generate_SeveralResponsesToAPrompt_RunThePromptOnce(int slots, int again)
    {
        using var model = Tiny.Model("llama");
        int[][] distinct = [[.. Enumerable.Range(4, 20)], [.. Enumerable.Range(4, 12), .. Enumerable.Range(25, 12)], [.. Enumerable.Range(20, 16), 5, 6, 7, 8]]; // the first two begin alike
        var sequences = Enumerable.Range(0, 12).Select(i => new ActiveSequence(i, distinct[i / 4], seed: i, limit: 5)).ToList();
        using var engine = new DecodeEngine(model, slots, 29);
        new EngineSampling(engine, new SamplingOptions { MaxNewTokens = 5 }, null).Run(sequences, _ => { }, CancellationToken.None);

        // The first sample of a prompt runs what no other one begins with, every other sample the prompt's last token, and each of them four of its own.
        engine.TokensRun.ShouldBe(20 + 12 + 20 + (9 * 1) + (12 * 4) + again);
        foreach (var (sequence, i) in sequences.Select((sequence, i) => (sequence, i)))
        {
            sequence.Result().Ids.ShouldBe(new TextGenerator(model, new SamplingOptions { MaxNewTokens = 5 }) { UsesTorchOnly = true }.Generate([distinct[i / 4]], [i])[0].Ids);
        }
    }

    [Fact]
    public void Generate_LogProbs_AreTheModelsAtTheSamplingTemperature()
    {
        var sequence = new TextGenerator(_model, new() { MaxNewTokens = 8, Temperature = 0.7, TopK = 20, RepetitionPenalty = 1.3 }).Generate([Prompts[3]], [3])[0];
        int[] all = [.. Prompts[3], .. sequence.Ids];
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var logProbs = (_model.forward(tensor(all.Select(id => (long)id).ToArray(), [1, all.Length]))[0] / 0.7).log_softmax(-1); // [T, V]
        for (var t = 0; t < sequence.Ids.Length; t++)
        {
            sequence.LogProbs[t].ShouldBe(logProbs[Prompts[3].Length - 1 + t, sequence.Ids[t]].ToSingle(), 2e-5f);
        }
    }

    [Fact]
    public void Generate_Greedy_EqualsTheFullForwardPass()
    {
        var greedy = new TextGenerator(_model, new() { MaxNewTokens = 10, Temperature = 0 }).Generate(Prompts, Seeds);
        for (var i = 0; i < Prompts.Length; i++)
        {
            var ids = Prompts[i].Select(id => (long)id).ToList();
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            foreach (var expected in greedy[i].Ids)
            {
                var next = _model.forward(tensor(ids.ToArray(), [1, ids.Count]))[0, ^1].argmax().ToInt64();
                expected.ShouldBe((int)next);
                ids.Add(next);
            }
        }
    }

    [Fact]
    public void Generate_StopId_EndsTheResponseAndStaysInIt()
    {
        var free = new TextGenerator(_model, new() { MaxNewTokens = 10 }).Generate([Prompts[0]], [1])[0];
        free.Finish.ShouldBe(FinishReason.Length);
        var stopped = new TextGenerator(_model, new() { MaxNewTokens = 10, StopIds = [free.Ids[4]] }).Generate([Prompts[0]], [1])[0];
        stopped.Finish.ShouldBe(FinishReason.StopToken);
        stopped.Ids.ShouldBe(free.Ids[..(Array.IndexOf(free.Ids, free.Ids[4]) + 1)]);
    }

    [Fact]
    public void Generate_StopString_EndsTheResponse()
    {
        var free = new TextGenerator(_model, new() { MaxNewTokens = 10 }).Generate([Prompts[0]], [1])[0];
        static string Decode(IReadOnlyList<int> ids) => string.Join(' ', ids);
        var stopped = new TextGenerator(_model, new() { MaxNewTokens = 10, StopStrings = [$"{free.Ids[2]} {free.Ids[3]}"] }, decode: Decode)
            .Generate([Prompts[0]], [1])[0];
        stopped.Finish.ShouldBe(FinishReason.StopString);
        stopped.Ids.ShouldBe(free.Ids[..4]);
    }

    [Fact]
    public void Generate_AtTheEndOfTheContext_StopsThere()
    {
        var prompt = Enumerable.Repeat(5, _model.Config.MaxPositions - 3).ToArray();
        new TextGenerator(_model, new() { MaxNewTokens = 50 }).Generate([prompt], [1])[0].Ids.Length.ShouldBe(3);
        int[] full = [.. prompt, 5, 5, 5];
        Should.Throw<InvalidDataException>(() => new TextGenerator(_model, new()).Generate([full], [1])).Message.ShouldContain("no room for a response");
    }

    [Fact]
    public void Generate_LeavesNoTensorBehind()
    {
        var options = new SamplingOptions { MaxNewTokens = 5 };
        new TextGenerator(_model, options).Generate(Prompts, Seeds); // rotary tables grow once
        var before = Tensor.TotalCount;
        new TextGenerator(_model, options, maxRows: 3).Generate(Prompts, Seeds);
        Tensor.TotalCount.ShouldBeLessThanOrEqualTo(before); // less, where the garbage collector found an older one
    }

    [Fact]
    public void Generate_WrongArguments_AreNamed()
    {
        Should.Throw<ArgumentException>(() => new TextGenerator(_model, new() { TopP = 2 }).Generate(Prompts, Seeds)).Message.ShouldContain("top_p");
        Should.Throw<ArgumentException>(() => new TextGenerator(_model, new()).Generate(Prompts, [1])).Message.ShouldContain("6 prompts need as many seeds, got 1");
        Should.Throw<ArgumentException>(() => new TextGenerator(_model, new()).Generate([[]], [1])).Message.ShouldContain("prompt 0 is empty");
        Should.Throw<ArgumentException>(() => new TextGenerator(_model, new() { StopStrings = ["x"] }).Generate(Prompts, Seeds)).Message.ShouldContain("decodes");
    }
}
