using Alignment.Training.Guards;

namespace Alignment.Rollouts.Tests;

public sealed class KlCeilingTests
{
    [Fact]
    public void Check_AboveTheCeiling_NamesStepBothNumbersAndTheGoodCheckpoint()
    {
        Should.NotThrow(() => KlCeiling.Check(8, 8, 4, "Lower it"));
        Should.NotThrow(() => KlCeiling.Check(1e9, null, 4, "Lower it"));

        var stop = Should.Throw<GuardStopException>(() => KlCeiling.Check(8.5, 8, 5, "Lower it"));

        stop.Message.ShouldBe("the KL from the reference is 8.5 nats per response at step 5, above kl_ceiling 8; no update was made with these responses. "
            + "The run is stopped and this step is not saved; there is no checkpoint from before. Lower it");
        stop.LastGoodStep.ShouldBe(3); // the checkpoint of step 4 holds the policy that went too far
        stop.At(step => $"checkpoints/{step}").Message.ShouldContain("the last good checkpoint is checkpoints/3. Lower it");
    }
}
