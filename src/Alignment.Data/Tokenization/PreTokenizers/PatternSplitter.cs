using System.Text;
using System.Text.RegularExpressions;

namespace Alignment.Data.Tokenization.PreTokenizers;

/// <summary>
/// Cuts pieces at the matches of a pattern. .NET's patterns see UTF-16 units, tokenizer files mean code points: a text with
/// supplementary characters is matched on a copy that has one basic character of the same Unicode category in place of each.
/// </summary>
internal sealed class PatternSplitter(TextPattern pattern, SplitBehavior behavior, bool invert) : IPreTokenizationStep
{
    private const char Ideograph = '\u3400';

    private static readonly char[] Representatives = FindRepresentatives();

    public PatternSplitter(Regex pattern, SplitBehavior behavior, bool invert)
        : this(new TextPattern(pattern, []), behavior, invert)
    {
    }

    public PieceList Apply(PieceList pieces)
    {
        var ranges = new List<(int, int)>(Math.Max(pieces.Ranges.Count, pieces.Length / 4));
        var parts = behavior == SplitBehavior.Isolated ? null : new List<(int Start, int Length, bool Match)>();
        var start = pieces.Ranges.Count > 0 ? pieces.Ranges[0].Start : 0;
        foreach (var range in pieces.Ranges)
        {
            Cut(pieces[range], range.Start, ranges, parts);
            if (parts is not null)
            {
                Join(parts, ranges);
                parts.Clear();
            }
        }

        pieces.StartsText &= ranges.Count > 0 && ranges[0].Item1 == start;
        pieces.Ranges = ranges;
        return pieces;
    }

    /// <summary>Matches and the text between them, each a piece of its own: into the parts where they are wanted, else into the ranges.</summary>
    private void Cut(ReadOnlySpan<char> text, int offset, List<(int Start, int Length)> ranges, List<(int Start, int Length, bool Match)>? parts)
    {
        var map = Shadow(ref text);
        var last = 0;
        foreach (var match in pattern.Regex.EnumerateMatches(text))
        {
            Add(last, match.Index, isMatch: false);
            Add(match.Index, match.Index + match.Length, isMatch: true);
            last = match.Index + match.Length;
        }

        Add(last, text.Length, isMatch: false);

        void Add(int start, int end, bool isMatch)
        {
            if (end == start)
            {
                return;
            }

            var first = map is null ? start : map[start];
            var length = (map is null ? end : map[end]) - first;
            if (parts is null)
            {
                ranges.Add((offset + first, length));
            }
            else
            {
                parts.Add((offset + first, length, isMatch != invert));
            }
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
    private int[]? Shadow(ref ReadOnlySpan<char> text)
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
            shadow[count] = consumed == 1 ? text[i] : StandFor(rune);
            map[count++] = i;
            i += consumed;
        }

        map[count] = text.Length;
        text = shadow.AsSpan(0, count);
        return map;
    }

    private char StandFor(Rune rune)
    {
        foreach (var (first, last, stand) in pattern.Stands)
        {
            if (rune.Value >= first && rune.Value <= last)
            {
                return stand;
            }
        }

        return rune.Value is >= 0x20000 and < 0x40000 ? Ideograph : Representatives[(int)Rune.GetUnicodeCategory(rune)];
    }

    /// <summary>High ones, since patterns that name ranges name them up to the Hangul syllables, and the full-width forms.</summary>
    private static char[] FindRepresentatives()
    {
        var found = new char[30];
        Array.Fill(found, '\uFFFF');
        for (var c = '\u1000'; c <= '\uFEFF'; c++)
        {
            found[(int)char.GetUnicodeCategory(c)] = c;
        }

        return found;
    }
}
