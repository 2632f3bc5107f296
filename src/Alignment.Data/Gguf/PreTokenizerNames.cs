using System.Text.RegularExpressions;
using Alignment.Data.Tokenization;
using Alignment.Data.Tokenization.Files;
using Alignment.Data.Tokenization.Models;
using Alignment.Data.Tokenization.PreTokenizers;

namespace Alignment.Data.Gguf;

/// <summary>
/// llama.cpp knows pre-tokenizers by name. A tokenizer's name is found by what it does: the one whose pattern cuts a text with every
/// case that tells them apart into the same pieces.
/// </summary>
internal static partial class PreTokenizerNames
{
    /// <summary>Contractions of either case, numbers of many digits, signs, blanks, tabs and line breaks in every order, letters with marks, scripts without blanks.</summary>
    private const string Probe =
        "Hello World, it's we're DON'T I'LL 1 12 123 1234 12345 1234567.89 x2y3 ٣٤٥ ⅷ ²³ naïve Ünïcode ÉCLAIR e\u0301te\u0301 हिन्दी ไทย 漢字かなカナ 한국어 " +
        "camelCaseWord HTTPServer iPhone ǅabc a/b//c/\n/d $100 +-=/*&^%#@!? (a)[b]{c}... 'quoted' \"double\" 'S 'twas\tTab\t\tTabs  two   three    four \n \n\n  \n\n\nlines\r\n\r\nend \n trailing  ";

    /// <summary>With the byte-level letters, which every step list ends with.</summary>
    private static readonly (string Name, bool IgnoresMerges, IPreTokenizationStep[] Steps)[] Known =
    [
        ("gpt-2", false, [new ByteLevelStep(addPrefixSpace: false, useRegex: true)]),
        ("smollm", false, [Isolate(Digit()), new ByteLevelStep(addPrefixSpace: false, useRegex: true)]),
        ("llama-bpe", true, [.. WordPatterns.Steps(WordPattern.Gpt4)]),
        ("dbrx", false, [.. WordPatterns.Steps(WordPattern.Gpt4)]),
        ("qwen2", false, [.. WordPatterns.Qwen2Steps(addPrefixSpace: false)]),
        ("tekken", true, [Isolate(Tekken()), new ByteLevelStep(addPrefixSpace: false, useRegex: false)]),
        ("gpt-4o", false, [Isolate(Gpt4o()), new ByteLevelStep(addPrefixSpace: false, useRegex: false)]),
    ];

    /// <summary>The name for a byte-level tokenizer.</summary>
    /// <exception cref="InvalidDataException">None does what it does.</exception>
    public static string Find(TokenizerDefinition definition, BpeDefinition model)
    {
        if (definition.Normalizer is { } normalizer && normalizer(Composed) != Composed)
        {
            throw new InvalidDataException("This tokenizer cannot be written as GGUF: it rewrites texts before it cuts them, which byte-level tokenizers of llama.cpp do not.");
        }

        var pieces = Cut(definition.PreTokenizer);
        return Known.Where(known => known.IgnoresMerges == model.IgnoreMerges && Cut(known.Steps).SequenceEqual(pieces)).Select(known => known.Name).FirstOrDefault()
            ?? throw new InvalidDataException(
                $"llama.cpp has no known name for the way this tokenizer cuts texts; name the pre-tokenizer yourself (known here: {string.Join(", ", Known.Select(known => known.Name))}).");
    }

    /// <summary>The probe without its two decomposed letters: Unicode's composition (NFC), which the runtime leaves out, does not change it.</summary>
    private static readonly string Composed = Probe.Replace("e\u0301", "é", StringComparison.Ordinal);

    private static PatternSplitter Isolate(Regex pattern) => new(pattern, SplitBehavior.Isolated, invert: false);

    private static List<string> Cut(IReadOnlyList<IPreTokenizationStep> steps)
    {
        var pieces = new PieceList(Probe) { StartsText = true };
        foreach (var step in steps)
        {
            pieces = step.Apply(pieces);
        }

        return [.. pieces.Ranges.Select(range => pieces[range].ToString())];
    }

    [GeneratedRegex(@"\p{N}", RegexOptions.CultureInvariant)]
    private static partial Regex Digit();

    [GeneratedRegex(
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
        + @"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        RegexOptions.CultureInvariant)]
    private static partial Regex Tekken();

    [GeneratedRegex(
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        + @"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        + @"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        RegexOptions.CultureInvariant)]
    private static partial Regex Gpt4o();
}
