using Alignment.Training.Options;

namespace Alignment.Training.Tests.Options;

public sealed class OptionsHelpTests
{
    [Theory]
    [InlineData("  model                text                   the parent model's folder [required]")]
    [InlineData("  epochs               whole number           passes over the data [1]")]
    [InlineData("  learning_rate        number                 [5E-05]")]
    [InlineData("  schedule             linear | cosine_decay  [linear]")]
    [InlineData("  files                list of text           [none]")]
    [InlineData("  parts.NAME.beta      number                 [0.1]")]
    [InlineData("  nested.leaves[].name text                   [required]")]
    public void Table_Option_HasNameTypeDescriptionAndDefault(string line)
    {
        static string Squeeze(string text) => string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        OptionsHelp.Table(typeof(SampleOptions)).Split('\n').Select(Squeeze).ShouldContain(Squeeze(line));
    }

    [Fact]
    public void ForStage_Text_NamesTheArguments()
    {
        var help = OptionsHelp.ForStage("sft", "trains on text", typeof(SampleOptions));

        help.ShouldStartWith("alignment sft: trains on text\n\nUsage: alignment sft --config FILE [--stage NAME] [options]\n");
        foreach (var argument in (string[])["--config FILE", "--stage NAME", "--run-dir DIR", "--seed N", "--set KEY.SUB=VALUE", "--afresh", "--verbose", "--help"])
        {
            help.ShouldContain("\n  " + argument);
        }

        help.Split('\n').ShouldAllBe(l => l.Length <= 118);
    }
}
