using Alignment.Training.Options;

namespace Alignment.Training.Tests.Options;

public sealed class OptionsJsonTests
{
    [Fact]
    public void Write_Options_KeepsTheRecordsOrderAndFillsDefaults()
    {
        var options = OptionsBinder.BindText<SampleOptions>("{ model: m, weights: { z: 1, a: 2.5 }, schedule: cosine_decay, nested: { leaves: [{ name: n }] } }");

        OptionsJson.Write(options).ToJsonString().ShouldBe(
            """{"model":"m","epochs":1,"steps":0,"learning_rate":5E-05,"max_grad_norm":1,"shuffle":true,"schedule":"cosine_decay","note":null,"files":[],"sizes":[1,2],"weights":{"z":1,"a":2.5},"parts":{},"nested":{"beta":0.1,"leaves":[{"name":"n"}]}}""");
    }
}
