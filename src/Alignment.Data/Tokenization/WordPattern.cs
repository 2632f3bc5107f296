using System.Text.RegularExpressions;
using Alignment.Data.Tokenization.PreTokenizers;

namespace Alignment.Data.Tokenization;

/// <summary>How a text is cut into words before byte pairs are merged.</summary>
public enum WordPattern
{
    /// <summary>GPT-2's: letters, digits and other characters apart, a blank goes with what follows it.</summary>
    Gpt2,

    /// <summary>GPT-4's (cl100k, also Llama 3's): digits in groups of three, line breaks end a word, contractions in either case.</summary>
    Gpt4,
}

/// <summary>The steps of a <see cref="WordPattern"/>.</summary>
internal static partial class WordPatterns
{
    public const string Gpt4Pattern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    public static IReadOnlyList<IPreTokenizationStep> Steps(WordPattern pattern) => pattern switch
    {
        WordPattern.Gpt2 => [new ByteLevelStep(addPrefixSpace: false, useRegex: true)],
        WordPattern.Gpt4 => [new PatternSplitter(Gpt4Regex(), SplitBehavior.Isolated, invert: false), new ByteLevelStep(addPrefixSpace: false, useRegex: false)],
        _ => throw new ArgumentOutOfRangeException(nameof(pattern), pattern, "Unknown word pattern."),
    };

    /// <summary>Qwen2's: GPT-4's with every digit apart.</summary>
    public static IReadOnlyList<IPreTokenizationStep> Qwen2Steps(bool addPrefixSpace) =>
        [new PatternSplitter(Qwen2Regex(), SplitBehavior.Isolated, invert: false), new ByteLevelStep(addPrefixSpace, useRegex: false)];

    [GeneratedRegex(@"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Qwen2Regex();

    [GeneratedRegex(Gpt4Pattern, RegexOptions.CultureInvariant)]
    private static partial Regex Gpt4Regex();
}
