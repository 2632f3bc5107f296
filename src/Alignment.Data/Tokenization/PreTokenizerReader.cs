using System.Text.RegularExpressions;

namespace Alignment.Data.Tokenization;

/// <summary>Reads the <c>pre_tokenizer</c> part: the steps that cut a text into pieces.</summary>
internal static partial class PreTokenizerReader
{
    public static IEnumerable<IPreTokenizationStep> Read(JsonPart? part) => part is { } preTokenizer ? ReadSteps(preTokenizer) : [];

    private static IEnumerable<IPreTokenizationStep> ReadSteps(JsonPart part) => part.Type switch
    {
        "Sequence" => part["pretokenizers"].Items().SelectMany(ReadSteps),
        "ByteLevel" => [new ByteLevelStep(part.OptionalFlag("add_prefix_space", missing: true), part.OptionalFlag("use_regex", missing: true))],
        "Split" => [new PatternSplitter(TextReplacement.ReadPattern(part["pattern"]), ReadBehavior(part["behavior"]), part.OptionalFlag("invert"))],
        "Digits" => [new PatternSplitter(Digits(), part.OptionalFlag("individual_digits") ? SplitBehavior.Isolated : SplitBehavior.Contiguous, invert: false)],
        "Punctuation" => [new PatternSplitter(Punctuation(), part.Optional("behavior") is { } behavior ? ReadBehavior(behavior) : SplitBehavior.Isolated, invert: false)],
        var other => throw part.Unsupported($"a {other} pre-tokenizer"),
    };

    private static SplitBehavior ReadBehavior(JsonPart part) =>
        Enum.TryParse<SplitBehavior>(part.Text, out var behavior) ? behavior
        : throw part.Error($"is '{part.Text}'; it must be one of {string.Join(", ", Enum.GetNames<SplitBehavior>())}");

    [GeneratedRegex(@"\p{N}", RegexOptions.CultureInvariant)]
    private static partial Regex Digits();

    // ASCII's symbols count as punctuation.
    [GeneratedRegex(@"[\p{P}$+<=>^`|~]", RegexOptions.CultureInvariant)]
    private static partial Regex Punctuation();
}
