namespace Alignment.Data.Jinja;

/// <summary>Parts of texts as Python's <c>strip</c>, <c>split</c> and <c>splitlines</c> make them.</summary>
internal static class TextParts
{
    /// <summary>Without white space, or the given characters, at its ends.</summary>
    public static Text Strip(Text text, Text? characters, bool left, bool right)
    {
        var value = text.Value;
        var (start, end) = (0, value.Length);
        while (left && start < end && Fits(start, Text.Units(value, start)))
        {
            start += Text.Units(value, start);
        }

        while (right && start < end)
        {
            var units = end - start > 1 && char.IsLowSurrogate(value[end - 1]) && char.IsHighSurrogate(value[end - 2]) ? 2 : 1;
            if (!Fits(end - units, units))
            {
                break;
            }

            end -= units;
        }

        return text.Slice(start, end);

        bool Fits(int at, int units) => characters is null
            ? PythonChars.IsSpace(value[at])
            : characters.Value.AsSpan().Contains(value.AsSpan(at, units), StringComparison.Ordinal);
    }

    /// <summary>Split from the beginning, at a separator or at white space, so often at most.</summary>
    public static List<object> Split(Text text, string? separator, long most, Budget budget)
    {
        var parts = new List<object>();
        var value = text.Value;
        var start = separator is null ? SkipSpaces(value, 0) : 0;
        for (; most > 0; most--)
        {
            var end = separator is null ? EndOfWord(value, start) : value.IndexOf(separator, start, StringComparison.Ordinal);
            if (end < 0 || (separator is null && end == value.Length))
            {
                break;
            }

            Add(parts, text, start, end, budget);
            start = separator is null ? SkipSpaces(value, end) : end + separator.Length;
        }

        if (separator is not null || start < value.Length)
        {
            Add(parts, text, start, separator is null && most > 0 ? PythonChars.TrimmedEnd(value) : value.Length, budget);
        }

        return parts;
    }

    /// <summary>Split from the end, at a separator or at white space, so often at most.</summary>
    public static List<object> SplitFromEnd(Text text, string? separator, long most, Budget budget)
    {
        var parts = new List<object>();
        var value = text.Value;
        var end = separator is null ? PythonChars.TrimmedEnd(value) : value.Length;
        for (; most > 0; most--)
        {
            var found = separator is null ? value.AsSpan(0, end).LastIndexOfAny(PythonChars.Spaces) : value.AsSpan(0, end).LastIndexOf(separator, StringComparison.Ordinal);
            if (found < 0)
            {
                break;
            }

            Add(parts, text, found + (separator?.Length ?? 1), end, budget);
            end = separator is null ? PythonChars.TrimmedEnd(value.AsSpan(0, found)) : found;
        }

        if (separator is not null || end > 0)
        {
            Add(parts, text, separator is null && most > 0 ? SkipSpaces(value, 0) : 0, end, budget);
        }

        parts.Reverse();
        return parts;
    }

    /// <summary>The lines, with or without what ends them.</summary>
    public static List<object> Lines(Text text, bool keepEnds, Budget budget)
    {
        var lines = new List<object>();
        for (var start = 0; start < text.Value.Length;)
        {
            var length = text.Value.AsSpan(start).IndexOfAny(PythonChars.LineBreaks);
            var end = length < 0 ? text.Value.Length : start + length;
            var next = length < 0 ? end : text.Value.AsSpan(end).StartsWith("\r\n", StringComparison.Ordinal) ? end + 2 : end + 1;
            Add(lines, text, start, keepEnds ? next : end, budget);
            start = next;
        }

        return lines;
    }

    private static void Add(List<object> parts, Text text, int start, int end, Budget budget)
    {
        budget.Step();
        budget.Charge(8 + end - start);
        parts.Add(text.Slice(start, end));
    }

    private static int SkipSpaces(string value, int start)
    {
        var length = value.AsSpan(start).IndexOfAnyExcept(PythonChars.Spaces);
        return length < 0 ? value.Length : start + length;
    }

    private static int EndOfWord(string value, int start)
    {
        var length = value.AsSpan(start).IndexOfAny(PythonChars.Spaces);
        return length < 0 ? value.Length : start + length;
    }
}
