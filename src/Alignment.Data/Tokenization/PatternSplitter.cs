using System.Text;
using System.Text.RegularExpressions;

namespace Alignment.Data.Tokenization;

/// <summary>What becomes of the matches of a pattern when a piece is cut.</summary>
internal enum SplitBehavior
{
    Isolated,
    Removed,
    Contiguous,
    MergedWithPrevious,
    MergedWithNext,
}

/// <summary>
/// Cuts pieces at the matches of a pattern. .NET's patterns see UTF-16 units, tokenizer files mean code points: a text with
/// supplementary characters is matched on a copy that has one basic character of the same Unicode category in place of each.
/// </summary>
internal sealed class PatternSplitter(Regex pattern, SplitBehavior behavior, bool invert) : IPreTokenizationStep
{
    private static readonly char[] Representatives = FindRepresentatives();

    public PieceList Apply(PieceList pieces)
    {
        var ranges = new List<(int, int)>(Math.Max(pieces.Ranges.Count, pieces.Length / 4));
        var parts = behavior == SplitBehavior.Isolated ? null : new List<(int Start, int Length, bool Match)>();
        foreach (var range in pieces.Ranges)
        {
            if (parts is null)
            {
                Isolate(pieces[range], range.Start, ranges);
            }
            else
            {
                Find(pieces[range], range.Start, parts);
                Join(parts, ranges);
                parts.Clear();
            }
        }

        pieces.Ranges = ranges;
        return pieces;
    }

    /// <summary>Matches and the text between them, each a piece of its own.</summary>
    private void Isolate(ReadOnlySpan<char> text, int offset, List<(int Start, int Length)> ranges)
    {
        var map = Shadow(ref text);
        var last = 0;
        foreach (var match in pattern.EnumerateMatches(text))
        {
            Add(last, match.Index);
            Add(match.Index, match.Index + match.Length);
            last = match.Index + match.Length;
        }

        Add(last, text.Length);

        void Add(int start, int end)
        {
            if (end > start)
            {
                var first = map is null ? start : map[start];
                ranges.Add((offset + first, (map is null ? end : map[end]) - first));
            }
        }
    }

    private void Find(ReadOnlySpan<char> text, int offset, List<(int Start, int Length, bool Match)> parts)
    {
        var isolated = new List<(int Start, int Length)>();
        Isolate(text, 0, isolated);
        var matched = new HashSet<int>();
        var shadow = text;
        var map = Shadow(ref shadow);
        foreach (var match in pattern.EnumerateMatches(shadow))
        {
            if (match.Length > 0)
            {
                matched.Add(map is null ? match.Index : map[match.Index]);
            }
        }

        foreach (var (start, length) in isolated)
        {
            parts.Add((offset + start, length, matched.Contains(start) != invert));
        }
    }

    private void Join(List<(int Start, int Length, bool Match)> parts, List<(int Start, int Length)> ranges)
    {
        var previousMatch = false;
        for (var i = 0; i < parts.Count; i++)
        {
            var (start, length, match) = parts[i];
            switch (behavior)
            {
                case SplitBehavior.Removed when match:
                    break;
                case SplitBehavior.Contiguous when i > 0 && match == previousMatch:
                case SplitBehavior.MergedWithPrevious when i > 0 && match && !previousMatch:
                    ranges[^1] = (ranges[^1].Start, ranges[^1].Length + length);
                    break;
                case SplitBehavior.MergedWithNext when match && i + 1 < parts.Count && !parts[i + 1].Match:
                    ranges.Add((start, length + parts[++i].Length));
                    match = false;
                    break;
                default:
                    ranges.Add((start, length));
                    break;
            }

            previousMatch = match;
        }
    }

    /// <summary>Where the text has surrogate pairs: replaces it by one unit a code point and returns each unit's offset; else null.</summary>
    private static int[]? Shadow(ref ReadOnlySpan<char> text)
    {
        if (text.IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
        {
            return null;
        }

        var shadow = new char[text.Length];
        var map = new int[text.Length + 1];
        var count = 0;
        for (var i = 0; i < text.Length;)
        {
            Rune.DecodeFromUtf16(text[i..], out var rune, out var consumed);
            shadow[count] = consumed == 1 ? text[i] : Representatives[(int)Rune.GetUnicodeCategory(rune)];
            map[count++] = i;
            i += consumed;
        }

        map[count] = text.Length;
        text = shadow.AsSpan(0, count);
        return map;
    }

    private static char[] FindRepresentatives()
    {
        var found = new char[30];
        Array.Fill(found, '\uFFFF');
        for (var c = '\uFFFE'; c >= '\u1000'; c--)
        {
            found[(int)char.GetUnicodeCategory(c)] = c;
        }

        return found;
    }
}
