using Alignment.Data.Loading;

namespace Alignment.Ppo.Tests;

public sealed class KlControlTests
{
    private static readonly PpoOptions Options = new() { Model = "policy", Train = ["prompts.jsonl"], Data = new DataOptions(), KlCoef = 0.2 };

    [Fact]
    public void Adapt_Fixed_Stays()
    {
        var control = new KlControl(Options);
        control.Adapt(100, 512);
        control.Coefficient.ShouldBe(0.2);
    }

    [Fact]
    public void Adapt_TwiceTheTarget_GrowsByTheClippedError()
    {
        var control = new KlControl(Options with { AdaptiveKl = new AdaptiveKlOptions { Target = 6, Horizon = 10_000 } });
        control.Adapt(12, 500);
        control.Coefficient.ShouldBe(0.2 * (1 + (0.2 * 500 / 10_000)), 1e-12); // error 1, clipped to 0.2
    }
}
