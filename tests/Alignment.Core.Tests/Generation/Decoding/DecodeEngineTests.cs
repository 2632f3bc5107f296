using Alignment.Core.Checkpoints;
using Alignment.Core.Generation.Decoding;
using Alignment.Core.Lora;
using Alignment.Core.Models;
using Alignment.Core.Tests.Models;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Generation.Decoding;

public class DecodeEngineTests
{
    public static TheoryData<string> Families { get; } =
    [
        "gemma", "gemma2", "gemma3", "gpt-neox", "gpt-neox-sequential", "gpt2-variant", "llama-biases-tied", "llama-linear", "llama-llama3", "llama-yarn",
        "mistral", "mistral-no-window", "olmo2", "opt", "opt-no-final-norm", "opt-plain-norms", "phi", "phi-qk-norms", "phi3", "qwen2", "qwen3",
    ];

    private static readonly int[][] Prompts = [[5, 9, 4, 6, 7, 8, 20, 21, 4, 9, 9, 12, 13, 5, 6, 7, 8, 9, 10], [7], [5, 9, 4]];

    [Theory]
    [MemberData(nameof(Families))]
    public void Run_EveryFamily_GivesTheLogitsOfTheFullForwardPass(string family)
    {
        using var model = ModelFolder.LoadCausalLm(Fixture.At("families", family));
        DecodeWeights.Supports(model).ShouldBeTrue();
        Check(model, tolerance: 2e-5);
    }

    [Theory]
    [InlineData("llama-dynamic")]
    [InlineData("phi3-longrope")]
    [InlineData("opt-post-norm")]
    public void Supports_AnglesOrWidthsThatItDoesNotKnow_IsFalse(string family)
    {
        using var model = ModelFolder.LoadCausalLm(Fixture.At("families", family));
        DecodeWeights.Supports(model).ShouldBeFalse();
    }

    [Theory]
    [InlineData("llama", false)]
    [InlineData("llama", true)]
    [InlineData("gpt2", false)]
    public void Run_LowRankUpdates_AreInTheLogits(string family, bool dora)
    {
        using var model = Tiny.Model(family);
        model.AddAdapter(new LoraConfig { Rank = 2, Dora = dora }, seed: 3);
        using (no_grad())
        {
            foreach (var (name, parameter) in model.named_parameters().Where(pair => pair.parameter.requires_grad))
            {
                parameter.copy_(randn(parameter.shape).mul_(0.2));
            }
        }

        Check(model, tolerance: 5e-5);
    }

    [Fact]
    public void Run_BFloat16_StaysCloseToFloat32()
    {
        using var model = ModelFolder.LoadCausalLm(Fixture.At("families", "qwen3"));
        var exact = All(model, threads: 2);
        model.ComputeType = ScalarType.BFloat16;
        var rounded = All(model, threads: 2);
        var scale = exact.SelectMany(logits => logits).Max(MathF.Abs);
        for (var i = 0; i < exact.Length; i++)
        {
            exact[i].Zip(rounded[i], (a, b) => MathF.Abs(a - b)).Max().ShouldBeInRange(1e-7f, 0.02f * scale);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_AnyNeighboursAndThreads_SameBits(bool halves)
    {
        using var model = ModelFolder.LoadCausalLm(Fixture.At("families", "gemma3"));
        model.ComputeType = halves ? ScalarType.BFloat16 : ScalarType.Float32;
        var together = All(model, threads: 3);
        for (var i = 0; i < Prompts.Length; i++)
        {
            using var engine = new DecodeEngine(model, 1, 32, threads: 1);
            foreach (var token in Prompts[i])
            {
                engine.Run([new TokenRun(0, [token])]);
            }

            engine.Logits(0).ToArray().ShouldBe(together[i]);
        }
    }

    [Fact]
    public void Share_TheBeginningOfAnotherSlot_SameBitsAsRunningIt()
    {
        using var model = Tiny.Model("llama");
        using var engine = new DecodeEngine(model, 2, 40);
        engine.Run([new TokenRun(0, Prompts[0])]);
        var expected = engine.Logits(0).ToArray();
        engine.Share(0, 1, 17);
        engine.Held(1).ToArray().ShouldBe(Prompts[0][..17]);
        engine.Run([new TokenRun(0, [3]), new TokenRun(1, Prompts[0][17..])]);
        engine.Logits(1).ToArray().ShouldBe(expected);

        engine.Truncate(1, 5);
        engine.Run([new TokenRun(1, Prompts[0][5..])]);
        engine.Logits(0).ToArray().ShouldBe(expected);
    }

    [Fact]
    public void Run_MoreThanAPassHolds_EqualsTheFullForwardPass()
    {
        using var model = Tiny.Model("llama");
        var prompt = Enumerable.Range(0, 60).Select(i => 4 + (i * 7 % 30)).ToArray();
        int[][] prompts = [.. Enumerable.Range(0, 9).Select(i => prompt[i..])]; // 504 tokens
        using var engine = new DecodeEngine(model, 9, 60);
        engine.Run([.. prompts.Select((tokens, slot) => new TokenRun(slot, tokens))]);
        for (var i = 0; i < prompts.Length; i++)
        {
            Expect(model, prompts[i], engine.Logits(i).ToArray(), 2e-5);
        }
    }

    [Fact]
    public void Run_BeyondTheCapacity_IsRefused()
    {
        using var model = Tiny.Model("gpt2");
        using var engine = new DecodeEngine(model, 1, 4);
        Should.Throw<ArgumentException>(() => engine.Run([new TokenRun(0, [1, 2, 3, 4, 5])])).Message.ShouldContain("A slot holds 4 tokens");
    }

    private static void Check(CausalLm model, double tolerance)
    {
        var logits = All(model, threads: 2);
        for (var i = 0; i < Prompts.Length; i++)
        {
            Expect(model, Prompts[i], logits[i], tolerance);
        }
    }

    private static void Expect(CausalLm model, int[] prompt, float[] logits, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var expected = model.forward(tensor(prompt.Select(id => (long)id).ToArray(), [1, prompt.Length]))[0, ^1].data<float>().ToArray();
        var scale = Math.Max(1, expected.Max(MathF.Abs));
        logits.Length.ShouldBe(expected.Length);
        expected.Zip(logits, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan((float)(tolerance * scale));
    }

    // Half of each prompt, then the rest token by token, side by side.
    private static float[][] All(CausalLm model, int threads)
    {
        using var engine = new DecodeEngine(model, Prompts.Length, 32, threads);
        var logits = new float[Prompts.Length][];
        for (var from = 0; from < Prompts.Max(prompt => prompt.Length);)
        {
            var step = from == 0 ? 5 : 1;
            var rows = Enumerable.Range(0, Prompts.Length).Where(i => Prompts[i].Length > from).ToArray();
            engine.Run([.. rows.Select(i => new TokenRun(i, Prompts[i][from..Math.Min(from + step, Prompts[i].Length)]))]);
            for (var run = 0; run < rows.Length; run++)
            {
                logits[rows[run]] = engine.Logits(run).ToArray();
            }

            from += step;
        }

        return logits;
    }
}
