using System.Text.RegularExpressions;
using Alignment.Data.Tokenization.Files;

namespace Alignment.Data.Tokenization.PreTokenizers;

/// <summary>Reads the <c>pre_tokenizer</c> part: the steps that cut a text into pieces.</summary>
internal static partial class PreTokenizerReader
{
    public static IEnumerable<IPreTokenizationStep> Read(JsonPart? part) => part is { } preTokenizer ? ReadSteps(preTokenizer) : [];

    /// <summary>BERT's: at blanks, which are lost, and around punctuation marks.</summary>
    public static IReadOnlyList<IPreTokenizationStep> Bert() =>
        [new PatternSplitter(Blanks(), SplitBehavior.Removed, invert: false), new PatternSplitter(Punctuation(), SplitBehavior.Isolated, invert: false)];

    private static IEnumerable<IPreTokenizationStep> ReadSteps(JsonPart part) => part.Type switch
    {
        "Sequence" => part["pretokenizers"].Items().SelectMany(ReadSteps),
        "ByteLevel" => [new ByteLevelStep(part.OptionalFlag("add_prefix_space", missing: true), part.OptionalFlag("use_regex", missing: true))],
        "Metaspace" => [ReadMetaspace(part)],
        "Split" => [new PatternSplitter(TokenizerPattern.Read(part["pattern"]), ReadBehavior(part["behavior"]), part.OptionalFlag("invert"))],
        "Whitespace" => [new PatternSplitter(Words(), SplitBehavior.Removed, invert: true)],
        "WhitespaceSplit" => [new PatternSplitter(Blanks(), SplitBehavior.Removed, invert: false)],
        "BertPreTokenizer" => Bert(),
        "Digits" => [new PatternSplitter(Digits(), part.OptionalFlag("individual_digits") ? SplitBehavior.Isolated : SplitBehavior.Contiguous, invert: false)],
        "Punctuation" => [new PatternSplitter(Punctuation(), part.Optional("behavior") is { } behavior ? ReadBehavior(behavior) : SplitBehavior.Isolated, invert: false)],
        "CharDelimiterSplit" => [new PatternSplitter(TokenizerPattern.Literal(part["delimiter"]), SplitBehavior.Removed, invert: false)],
        "FixedLength" => [new PatternSplitter(TokenizerPattern.FixedLength(part), SplitBehavior.Isolated, invert: false)],
        var other => throw part.Unsupported($"a {other} pre-tokenizer"),
    };

    private static MetaspaceStep ReadMetaspace(JsonPart part)
    {
        var mark = part.OptionalText("replacement") ?? WordBoundaryStep.Mark.ToString();
        if (mark.Length != 1)
        {
            throw part["replacement"].Error($"is '{mark}'; it must be one character");
        }

        return new(mark[0], ReadScheme(part), part.OptionalFlag("split", missing: true));
    }

    /// <summary>The scheme of a <c>Metaspace</c> part; files from before 2024 have <c>add_prefix_space</c> in its place.</summary>
    public static PrependScheme ReadScheme(JsonPart part) => part.OptionalText("prepend_scheme") switch
    {
        null => part.OptionalFlag("add_prefix_space", missing: true) ? PrependScheme.Always : PrependScheme.Never,
        "always" => PrependScheme.Always,
        "first" => PrependScheme.First,
        "never" => PrependScheme.Never,
        var other => throw part["prepend_scheme"].Error($"is '{other}'; it must be always, first or never"),
    };

    private static SplitBehavior ReadBehavior(JsonPart part) =>
        Enum.TryParse<SplitBehavior>(part.Text, out var behavior) ? behavior
        : throw part.Error($"is '{part.Text}'; it must be one of {string.Join(", ", Enum.GetNames<SplitBehavior>())}");

    [GeneratedRegex(@"\p{N}", RegexOptions.CultureInvariant)]
    private static partial Regex Digits();

    // ASCII's symbols count as punctuation.
    [GeneratedRegex(@"[\p{P}$+<=>^`|~]", RegexOptions.CultureInvariant)]
    private static partial Regex Punctuation();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Blanks();

    // Word characters are those of Unicode's definition, of which .NET's \w lacks some.
    [GeneratedRegex(@"[\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}\u200C\u200D\u24B6-\u24E9]+|[^\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}\u200C\u200D\u24B6-\u24E9\s]+", RegexOptions.CultureInvariant)]
    private static partial Regex Words();
}
