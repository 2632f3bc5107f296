using System.Text;

namespace Alignment.Data.Tokenization;

/// <summary>
/// Puts a pattern as tokenizer files have it (Oniguruma's dialect) into .NET's: possessive quantifiers, scripts, <c>\h</c>, classes within
/// classes, what counts as a word character. .NET's patterns see UTF-16 units: a supplementary character or range becomes one
/// character of the basic plane, which <see cref="Stands"/> tells.
/// </summary>
internal sealed class OnigurumaPattern
{
    // Unicode's noncharacters, which no text is meant to hold.
    private const char FirstStand = '\uFDD0';
    private const char LastStand = '\uFDEF';

    private const string Word = @"\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}\u200C\u200D";
    private const string HexDigit = "0-9A-Fa-f";

    // The blocks and single characters that a script covers in the basic plane. Of supplementary ideographs see PatternSplitter.
    private static readonly Dictionary<string, string> Scripts = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Han"] = @"\u2E80-\u2FD5\u3005\u3007\u3021-\u3029\u3038-\u303B\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAD9",
        ["Hiragana"] = @"\u3041-\u3096\u309D-\u309F",
        ["Katakana"] = @"\u30A1-\u30FA\u30FD-\u30FF\u31F0-\u31FF\u32D0-\u32FE\u3300-\u3357\uFF66-\uFF6F\uFF71-\uFF9D",
        ["Hangul"] = @"\u1100-\u11FF\u302E\u302F\u3131-\u318E\u3200-\u321E\u3260-\u327E\uA960-\uA97C\uAC00-\uD7A3\uD7B0-\uD7FB\uFFA0-\uFFDC",
    };

    private readonly List<(int First, int Last, char Stand)> _stands = [];

    private OnigurumaPattern(string pattern) => Text = Translate(pattern);

    /// <summary>The pattern in .NET's words.</summary>
    public string Text { get; }

    /// <summary>For ranges of supplementary characters the character that stands for all of them in <see cref="Text"/>.</summary>
    public IReadOnlyList<(int First, int Last, char Stand)> Stands => _stands;

    /// <exception cref="ArgumentException">The pattern has something that .NET's patterns cannot say.</exception>
    public static OnigurumaPattern Parse(string pattern) => new(pattern);

    private string Translate(string pattern)
    {
        var result = new StringBuilder(pattern.Length + 16);
        var groups = new Stack<int>();
        var atom = 0;
        for (var i = 0; i < pattern.Length;)
        {
            var start = result.Length;
            switch (pattern[i])
            {
                case '\\':
                    i = AppendEscape(pattern, i, result, inClass: false);
                    atom = start;
                    break;
                case '[':
                    i = AppendClass(pattern, i, result);
                    atom = start;
                    break;
                case '(':
                    groups.Push(start);
                    result.Append('(');
                    i++;
                    break;
                case ')':
                    atom = groups.TryPop(out var opened) ? opened : 0;
                    result.Append(')');
                    i++;
                    break;
                case '?' or '*' or '+' when i > 0 && pattern[i - 1] != '(':
                    result.Append(pattern[i++]);
                    if (i < pattern.Length && pattern[i] == '+')
                    {
                        result.Insert(atom, "(?>").Append(')');
                        i++;
                    }
                    else if (i < pattern.Length && pattern[i] == '?')
                    {
                        result.Append(pattern[i++]);
                    }

                    break;
                case '}' when i + 1 < pattern.Length && pattern[i + 1] == '+':
                    // Behind {n,m} a plus is no possessive mark but one more quantifier.
                    result.Append('}').Insert(atom, "(?:").Append(")+");
                    i += 2;
                    break;
                case var unit when char.IsHighSurrogate(unit):
                    i = AppendSupplementary(pattern, i, result, inClass: false);
                    atom = start;
                    break;
                default:
                    if (pattern[i] is not ('{' or '}' or ',') && !char.IsAsciiDigit(pattern[i]))
                    {
                        atom = start;
                    }
                    else if (char.IsAsciiDigit(pattern[i]) && !IsCount(pattern, i))
                    {
                        atom = start;
                    }

                    result.Append(pattern[i++]);
                    break;
            }
        }

        return result.ToString();
    }

    /// <summary>Whether a digit is part of a quantifier <c>{n,m}</c>.</summary>
    private static bool IsCount(string pattern, int place)
    {
        var open = pattern.LastIndexOf('{', place);
        return open >= 0 && pattern.AsSpan(open + 1, place - open).IndexOfAnyExcept("0123456789,") < 0;
    }

    /// <summary>One supplementary character, in a class also a range of them.</summary>
    private int AppendSupplementary(string pattern, int place, StringBuilder result, bool inClass)
    {
        var first = char.ConvertToUtf32(pattern, place);
        var (last, end) = (first, place + 2);
        if (inClass && end + 2 < pattern.Length && pattern[end] == '-' && char.IsHighSurrogate(pattern[end + 1]))
        {
            (last, end) = (char.ConvertToUtf32(pattern, end + 1), end + 3);
        }

        var known = _stands.FindIndex(s => s.First == first && s.Last == last);
        if (known < 0)
        {
            if (last < first || _stands.Count > LastStand - FirstStand || _stands.Any(s => s.First <= last && first <= s.Last))
            {
                throw new ArgumentException("its ranges of supplementary characters overlap or are too many");
            }

            known = _stands.Count;
            _stands.Add((first, last, (char)(FirstStand + known)));
        }

        result.Append(_stands[known].Stand);
        return end;
    }

    private int AppendClass(string pattern, int place, StringBuilder result)
    {
        result.Append('[');
        place = AppendClassContent(pattern, place, result);
        result.Append(']');
        return place;
    }

    private int AppendClassContent(string pattern, int place, StringBuilder result)
    {
        for (var i = place + 1; i < pattern.Length;)
        {
            switch (pattern[i])
            {
                case ']' when i > place + 1 && !(i == place + 2 && pattern[i - 1] == '^'):
                    return i + 1;
                case '\\':
                    i = AppendEscape(pattern, i, result, inClass: true);
                    break;
                case '[' when i + 1 < pattern.Length && pattern[i + 1] == ':':
                    i = AppendPosixClass(pattern, i, result);
                    break;
                case '[' when i + 1 < pattern.Length && pattern[i + 1] != '^':
                    i = AppendClassContent(pattern, i, result);
                    break;
                case '[':
                    throw new ArgumentException("it has a negated character class within another");
                case var unit when char.IsHighSurrogate(unit):
                    i = AppendSupplementary(pattern, i, result, inClass: true);
                    break;
                case '&' when pattern.AsSpan(i).StartsWith("&&"):
                    throw new ArgumentException("it has an intersection of character classes");
                default:
                    result.Append(pattern[i++]);
                    break;
            }
        }

        throw new ArgumentException("it has a character class without end");
    }

    private static int AppendPosixClass(string pattern, int place, StringBuilder result)
    {
        var end = pattern.IndexOf(":]", place, StringComparison.Ordinal);
        var name = end > place + 2 && pattern[place + 1] == ':' ? pattern[(place + 2)..end] : "";
        result.Append(name switch
        {
            "alpha" => @"\p{L}\p{M}\p{Nl}",
            "digit" => @"\p{Nd}",
            "alnum" => @"\p{L}\p{M}\p{Nl}\p{Nd}",
            "upper" => @"\p{Lu}",
            "lower" => @"\p{Ll}",
            "space" => @"\s",
            "punct" => @"\p{P}$+<=>^`|~",
            "word" => Word,
            "xdigit" => HexDigit,
            _ => throw new ArgumentException($"it has the unknown class [:{name}:]"),
        });
        return end + 2;
    }

    private static int AppendEscape(string pattern, int place, StringBuilder result, bool inClass)
    {
        if (place + 1 >= pattern.Length)
        {
            throw new ArgumentException("it ends with a backslash");
        }

        var letter = pattern[place + 1];
        switch (letter)
        {
            case 'w' or 'h':
                AppendSet(letter == 'w' ? Word : HexDigit, negated: false);
                return place + 2;
            case 'W' or 'H':
                AppendSet(letter == 'W' ? Word : HexDigit, negated: true);
                return place + 2;
            case 'p' or 'P' when place + 2 < pattern.Length && pattern[place + 2] == '{':
                var end = pattern.IndexOf('}', place);
                if (end < 0)
                {
                    throw new ArgumentException("it has a property without end");
                }

                var name = pattern[(place + 3)..end];
                var negated = letter == 'P';
                if (name.StartsWith('^'))
                {
                    (name, negated) = (name[1..], !negated);
                }

                if (Scripts.TryGetValue(name, out var script))
                {
                    AppendSet(script, negated);
                }
                else
                {
                    result.Append(negated ? @"\P{" : @"\p{").Append(name).Append('}');
                }

                return end + 1;
            case 'x' when place + 2 < pattern.Length && pattern[place + 2] == '{':
                var close = pattern.IndexOf('}', place);
                if (close < 0 || !ushort.TryParse(pattern.AsSpan(place + 3, close - place - 3), System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out var unit))
                {
                    throw new ArgumentException("it has a code point outside the basic plane");
                }

                result.Append($"\\u{unit:X4}");
                return close + 1;
            default:
                result.Append('\\').Append(letter);
                return place + 2;
        }

        void AppendSet(string set, bool negated)
        {
            if (inClass && negated)
            {
                throw new ArgumentException("it has a negated set within a character class");
            }

            result.Append(inClass ? set : negated ? $"[^{set}]" : $"[{set}]");
        }
    }
}
