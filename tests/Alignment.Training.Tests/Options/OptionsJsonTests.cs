using Alignment.Training.Options;

namespace Alignment.Training.Tests.Options;

public sealed class OptionsJsonTests
{
    [Fact]
    public void Write_Options_SortsKeysAndKeepsMapOrder()
    {
        var options = OptionsBinder.BindText<SampleOptions>("{ model: m, weights: { z: 1, a: 2.5 }, schedule: cosine_decay, nested: { leaves: [{ name: n }] } }");

        OptionsJson.Write(options).ToJsonString().ShouldBe(
            """{"epochs":1,"files":[],"learning_rate":5E-05,"max_grad_norm":1,"model":"m","nested":{"beta":0.1,"leaves":[{"name":"n"}]},"note":null,"parts":{},"schedule":"cosine_decay","shuffle":true,"sizes":[1,2],"steps":0,"weights":{"z":1,"a":2.5}}""");
    }

    [Fact]
    public void Hash_SameOptionsWrittenDifferently_IsEqual()
    {
        var a = OptionsJson.Hash(OptionsBinder.BindText<SampleOptions>("{ model: m, epochs: 1, learning_rate: 0.00005 }"));

        a.ShouldBe(OptionsJson.Hash(OptionsBinder.BindText<SampleOptions>("{ learning_rate: 5e-5, model: 'm' }")));
        a.ShouldNotBe(OptionsJson.Hash(OptionsBinder.BindText<SampleOptions>("{ model: m2 }")));
        a.Length.ShouldBe(64);
    }
}
