using Alignment.Core.Checkpoints;
using Alignment.Core.Generation;
using Alignment.Core.Models;

namespace Alignment.Core.Tests.Generation;

public sealed class ConversationGeneratorTests : IDisposable
{
    private static readonly int[] First = [1, 5, 9, 20, 31];

    private readonly CausalLm _model = ModelFolder.LoadCausalLm(Fixture.At("llama-tiny"));
    private readonly CausalLm _same = ModelFolder.LoadCausalLm(Fixture.At("llama-tiny")); // weights are held by one generator at a time

    public void Dispose()
    {
        _model.Dispose();
        _same.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Generate_OneTurn_IsWhatTheBatchedGeneratorGives(double temperature)
    {
        var options = new SamplingOptions { Temperature = temperature, MaxNewTokens = 12, TopK = 20 };
        using var generator = new ConversationGenerator(_model, options, 64);
        var tokens = new List<int>();

        generator.Generate(First, seed: 7, tokens.Add).ShouldBe(FinishReason.Length);

        tokens.ShouldBe(new TextGenerator(_same, options).Generate([First], [7])[0].Ids);
    }

    [Fact]
    public void Generate_NextTurn_RunsOnlyWhatIsNewAndGivesTheSame()
    {
        var options = new SamplingOptions { Temperature = 0, MaxNewTokens = 6 };
        using var generator = new ConversationGenerator(_model, options, 64);
        var answer = new List<int>();
        generator.Generate(First, 1, answer.Add);
        generator.TokensRun.ShouldBe(5);

        // The last token drawn was not run through the model yet; it and the two new ones are.
        int[] second = [.. First, .. answer, 40, 41];
        Expect(second, tokensRun: 3);

        // The conversation goes back and on in another way: what it shares with the cache stays.
        Expect([1, 5, 9, 60, 61, 62], tokensRun: 3);

        // The same prompt again: its last token runs for its logits.
        Expect([1, 5, 9, 60, 61, 62], tokensRun: 1);

        void Expect(int[] prompt, int tokensRun)
        {
            var tokens = new List<int>();
            generator.Generate(prompt, 1, tokens.Add).ShouldBe(FinishReason.Length);
            generator.TokensRun.ShouldBe(tokensRun);
            tokens.ShouldBe(new TextGenerator(_same, options).Generate([prompt], [1])[0].Ids);
        }
    }

    [Fact]
    public void Generate_PackedWeights_SameTextAsTorchsOperatorsTurnByTurn()
    {
        var options = new SamplingOptions { MaxNewTokens = 7, TopP = 0.95 };
        using var whole = new ConversationGenerator(_model, options, 64);
        using var sampling = ModelFolder.LoadForSampling(Fixture.At("llama-tiny"));
        using var packed = new ConversationGenerator(sampling, options, 64);
        using var plain = new ConversationGenerator(new PlainSequence(_same, 64), options, 64, null);
        int[] prompt = First;
        for (var turn = 0; turn < 4; turn++)
        {
            var answers = new[] { whole, packed, plain }.Select(generator =>
            {
                var tokens = new List<int>();
                generator.Generate(prompt, turn, tokens.Add);
                return (Tokens: string.Join(' ', tokens), generator.TokensRun);
            }).Distinct().ToList();
            answers.Count.ShouldBe(1);
            prompt = [.. prompt, .. answers[0].Tokens.Split(' ').Select(int.Parse), 12 + turn, 13];
        }
    }

    [Fact]
    public void Generate_Cancelled_EndsBeforeTheNextTokenAndGoesOnAfterwards()
    {
        var options = new SamplingOptions { Temperature = 0, MaxNewTokens = 10 };
        using var generator = new ConversationGenerator(_model, options, 64);
        using var cancel = new CancellationTokenSource();
        var tokens = new List<int>();

        generator.Generate(First, 1, id =>
        {
            tokens.Add(id);
            if (tokens.Count == 3)
            {
                cancel.Cancel();
            }
        }, cancel.Token).ShouldBeNull();

        var whole = new TextGenerator(_same, options).Generate([First], [1])[0].Ids;
        tokens.ShouldBe(whole[..3]);
        tokens.Clear();
        generator.Generate(First, 1, tokens.Add);
        tokens.ShouldBe(whole);
    }

    [Fact]
    public void Generate_NearTheEndOfTheContext_StopsThere()
    {
        var options = new SamplingOptions { Temperature = 0, MaxNewTokens = 100 };
        using var generator = new ConversationGenerator(_model, options, 8);
        var tokens = new List<int>();

        generator.Generate(First, 1, tokens.Add).ShouldBe(FinishReason.Length);
        tokens.Count.ShouldBe(3);
        Should.Throw<ArgumentException>(() => generator.Generate([1, 2, 3, 4, 5, 6, 7, 8], 1, tokens.Add)).Message.ShouldContain("8 tokens; 1 to 7 leave room");
        Should.Throw<ArgumentException>(() => generator.Generate([], 1, tokens.Add));
    }

    [Fact]
    public void Generate_WithAnglesThatDependOnTheLength_StartsAgainWhenTheConversationGoesBack()
    {
        using var model = ModelFolder.LoadCausalLm(Fixture.At("families", "phi3-longrope-short"));
        using var same = ModelFolder.LoadCausalLm(Fixture.At("families", "phi3-longrope-short"));
        var options = new SamplingOptions { Temperature = 0, MaxNewTokens = 6 };
        using var generator = new ConversationGenerator(model, options, Math.Min(40, model.Config.MaxPositions));
        int[] prompt = [.. Enumerable.Range(3, 12)];
        generator.Generate(prompt, 1, _ => { });
        var tokens = new List<int>();

        generator.Generate(prompt[..5], 1, tokens.Add);

        generator.TokensRun.ShouldBe(5);
        tokens.ShouldBe(new TextGenerator(same, options).Generate([prompt[..5]], [1])[0].Ids);
    }
}
