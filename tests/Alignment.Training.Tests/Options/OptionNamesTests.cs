using Alignment.Training.Options;

namespace Alignment.Training.Tests.Options;

public sealed class OptionNamesTests
{
    [Theory]
    [InlineData("learing_rate", "learning_rate")]
    [InlineData("epoch", "epochs")]
    [InlineData("bta", "beta")]
    [InlineData("completely_else", null)]
    [InlineData("x", null)]
    public void Nearest_Name_IsFoundOrNull(string given, string? expected) =>
        OptionNames.Nearest(given, ["epochs", "learning_rate", "beta"]).ShouldBe(expected);
}
