namespace Alignment.Dpo.Tests;

public sealed class ReferenceContractTests
{
    [Fact]
    public void WeightsHash_OtherWeights_DiffersOtherFilesDoNot()
    {
        using var run = new TinyRun("");
        var hash = ReferenceContract.WeightsHash(run.At("policy"));
        run.WriteModel("same", seed: 1);
        File.WriteAllText(run.At("same", "README.md"), "the same weights");
        run.WriteModel("other", seed: 2);

        ReferenceContract.WeightsHash(run.At("same")).ShouldBe(hash);
        ReferenceContract.WeightsHash(run.At("other")).ShouldNotBe(hash);
    }
}
