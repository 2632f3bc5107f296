using System.Text.Json;
using System.Text.RegularExpressions;

namespace Alignment.Data.Rewards.IfEval;

/// <summary>
/// IFEval's 25 checks (arXiv:2311.07911, Table 1), each a function of the response and the arguments. Keywords are looked for as they stand, not as patterns.
/// </summary>
internal static partial class InstructionChecks
{
    private const RegexOptions Plain = RegexOptions.CultureInvariant;
    private const int Patience = 1000; // milliseconds of one pattern on one response

    private static readonly string[] Answers = ["My answer is yes.", "My answer is no.", "My answer is maybe."];

    private static readonly Dictionary<string, Func<string, InstructionArguments, bool>> Checks = new(StringComparer.Ordinal)
    {
        ["keywords:existence"] = (text, given) => given.Texts("keywords").All(word => text.Contains(word, StringComparison.OrdinalIgnoreCase)),
        ["keywords:frequency"] = (text, given) => given.Holds(Occurrences(text, given.Text("keyword")), "relation", "frequency"),
        ["keywords:forbidden_words"] = (text, given) => !given.Texts("forbidden_words").Any(word => HasWord(text, word)),
        ["keywords:letter_frequency"] = (text, given) => given.Holds(Occurrences(text, given.Text("letter")), "let_relation", "let_frequency"),
        ["language:response_language"] = (text, given) => LanguageScript.Fits(text, given.Text("language")),
        ["length_constraints:number_sentences"] = (text, given) => given.Holds(SentenceText.Count(text), "relation", "num_sentences"),
        ["length_constraints:number_paragraphs"] = (text, given) => Parts(Rules().Split(text)) == given.Number("num_paragraphs"),
        ["length_constraints:number_words"] = (text, given) => given.Holds(Words().Count(text), "relation", "num_words"),
        ["length_constraints:nth_paragraph_first_word"] = NthParagraph,
        ["detectable_content:number_placeholders"] = (text, given) => Placeholders().Count(text) >= given.Number("num_placeholders"),
        ["detectable_content:postscript"] = Postscript,
        ["detectable_format:number_bullet_lists"] = (text, given) => StarBullets().Count(text) + DashBullets().Count(text) == given.Number("num_bullets"),
        ["detectable_format:constrained_response"] = (text, _) => Answers.Any(answer => text.Contains(answer, StringComparison.Ordinal)),
        ["detectable_format:number_highlighted_sections"] = (text, given) => Highlights(text) >= given.Number("num_highlights"),
        ["detectable_format:multiple_sections"] = (text, given) => Sections(text, given.Text("section_spliter")) >= given.Number("num_sections"),
        ["detectable_format:json_format"] = (text, _) => IsJson(JsonReward.Unfenced(text)),
        ["detectable_format:title"] = (text, _) => Titles().Matches(text).Any(title => title.Value.TrimStart('<').TrimEnd('>').Trim().Length > 0),
        ["combination:two_responses"] = (text, _) => TwoResponses(text),
        ["combination:repeat_prompt"] = (text, given) => text.Trim().StartsWith(given.Text("prompt_to_repeat").Trim(), StringComparison.OrdinalIgnoreCase),
        ["startend:end_checker"] = (text, given) => text.Trim().Trim('"').EndsWith(given.Text("end_phrase").Trim(), StringComparison.OrdinalIgnoreCase),
        ["startend:quotation"] = (text, _) => text.Trim() is { Length: > 1 } inner && inner[0] == '"' && inner[^1] == '"',
        ["change_case:capital_word_frequency"] = (text, given) => given.Holds(SentenceText.Tokens(text).Count(IsUpper), "capital_relation", "capital_frequency"),
        ["change_case:english_capital"] = (text, _) => IsUpper(text) && LanguageScript.Fits(text, "en"),
        ["change_case:english_lowercase"] = (text, _) => IsLower(text) && LanguageScript.Fits(text, "en"),
        ["punctuation:no_comma"] = (text, _) => !text.Contains(','),
    };

    /// <summary>All names.</summary>
    public static IReadOnlyCollection<string> Names => Checks.Keys;

    /// <summary>Whether a response follows an instruction, read strictly.</summary>
    /// <exception cref="DataFormatException">Unknown, or an argument does not fit.</exception>
    public static bool Follows(string response, InstructionArguments given) => Checks.TryGetValue(given.Id, out var check) ? check(response, given) : throw given.Unknown();

    private static bool NthParagraph(string text, InstructionArguments given)
    {
        var paragraphs = text.Split("\n\n");
        var (count, nth) = (paragraphs.Count(paragraph => !string.IsNullOrWhiteSpace(paragraph)), given.Number("nth_paragraph"));
        if (nth < 1 || nth > count || nth > paragraphs.Length || string.IsNullOrWhiteSpace(paragraphs[nth - 1]))
        {
            return false;
        }

        var word = Spaces().Split(paragraphs[nth - 1].Trim())[0].TrimStart('\'').TrimStart('"');
        var end = word.IndexOfAny(['.', ',', '?', '!', '\'', '"']);
        return count == given.Number("num_paragraphs") && string.Equals(end < 0 ? word : word[..end], given.Text("first_word"), StringComparison.OrdinalIgnoreCase);
    }

    private static bool Postscript(string text, InstructionArguments given) => given.Text("postscript_marker") switch
    {
        "P.P.S" => SecondPostscript().IsMatch(text),
        "P.S." => FirstPostscript().IsMatch(text),
        var marker => text.Contains(marker, StringComparison.OrdinalIgnoreCase),
    };

    private static int Highlights(string text) =>
        Single().Matches(text).Count(match => match.Value.Trim('*').Trim().Length > 0) + Double().Matches(text).Count(match => match.Value[2..^2].Trim().Length > 0);

    private static int Sections(string text, string splitter) =>
        new Regex($@"\s?{Regex.Escape(splitter)}\s?\d+\s?", Plain, TimeSpan.FromMilliseconds(Patience)).Count(text);

    private static bool TwoResponses(string text)
    {
        var parts = text.Split("******");
        var filled = parts.Where(part => !string.IsNullOrWhiteSpace(part)).ToList();
        return Parts(parts) == 2 && filled[0].Trim() != filled[1].Trim();
    }

    /// <summary>How many parts there are, the first and the last left out where they are blank; −1 where one between is.</summary>
    private static int Parts(IReadOnlyList<string> parts) =>
        parts.Skip(1).SkipLast(1).Any(string.IsNullOrWhiteSpace) ? -1 : parts.Count(part => !string.IsNullOrWhiteSpace(part));

    private static int Occurrences(string text, string wanted)
    {
        var count = 0;
        for (var at = 0; wanted.Length > 0 && (at = text.IndexOf(wanted, at, StringComparison.OrdinalIgnoreCase)) >= 0; at += wanted.Length)
        {
            count++;
        }

        return count;
    }

    private static bool HasWord(string text, string word) =>
        Regex.IsMatch(text, $@"\b{Regex.Escape(word)}\b", Plain | RegexOptions.IgnoreCase, TimeSpan.FromMilliseconds(Patience));

    private static bool IsJson(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsUpper(string text) => text.Any(char.IsUpper) && !text.Any(char.IsLower);

    private static bool IsLower(string text) => text.Any(char.IsLower) && !text.Any(char.IsUpper);

    [GeneratedRegex(@"\s?\*\*\*\s?", Plain, Patience)]
    private static partial Regex Rules();

    [GeneratedRegex(@"\w+", Plain, Patience)]
    private static partial Regex Words();

    [GeneratedRegex(@"\s+", Plain, Patience)]
    private static partial Regex Spaces();

    [GeneratedRegex(@"\[.*?\]", Plain, Patience)]
    private static partial Regex Placeholders();

    [GeneratedRegex(@"p\.\s?s\.", Plain | RegexOptions.IgnoreCase, Patience)]
    private static partial Regex FirstPostscript();

    [GeneratedRegex(@"p\.\s?p\.\s?s", Plain | RegexOptions.IgnoreCase, Patience)]
    private static partial Regex SecondPostscript();

    [GeneratedRegex(@"^\s*\*[^\*].*$", Plain | RegexOptions.Multiline, Patience)]
    private static partial Regex StarBullets();

    [GeneratedRegex(@"^\s*-.*$", Plain | RegexOptions.Multiline, Patience)]
    private static partial Regex DashBullets();

    [GeneratedRegex(@"\*[^\n\*]*\*", Plain, Patience)]
    private static partial Regex Single();

    [GeneratedRegex(@"\*\*[^\n\*]*\*\*", Plain, Patience)]
    private static partial Regex Double();

    [GeneratedRegex("<<[^\n]+>>", Plain, Patience)]
    private static partial Regex Titles();
}
