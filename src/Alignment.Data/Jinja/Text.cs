namespace Alignment.Data.Jinja;

/// <summary>
/// A string that knows which of its characters came from where. Equality looks at the characters only. Positions that templates see count
/// code points, as Python's do; <see cref="Runs"/> and <see cref="Slice"/> count UTF-16 units.
/// </summary>
internal sealed class Text(string value, TextRun[]? runs = null, bool isMarkup = false) : IEquatable<Text>
{
    public static readonly Text Empty = new("");

    private int[]? _starts;

    /// <summary>The characters.</summary>
    public string Value { get; } = value;

    /// <summary>Runs that did not come from the template: ordered, apart, none empty.</summary>
    public TextRun[] Runs { get; } = runs ?? [];

    /// <summary>Made by <c>safe</c> or <c>escape</c>: what is joined to it is escaped.</summary>
    public bool IsMarkup { get; } = isMarkup;

    /// <summary>Every origin that occurs.</summary>
    public TextOrigin Origin => Runs.Aggregate(TextOrigin.Template, (all, run) => all | run.Origin);

    /// <summary>Code points.</summary>
    public int Length => Starts.Length == 0 ? Value.Length : Starts.Length - 1;

    /// <summary>Where each code point begins, then the text's end; empty where every code point is one UTF-16 unit.</summary>
    private int[] Starts => _starts ??= Value.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0 ? [] : StartsOf(Value);

    public static implicit operator Text(string value) => new(value);

    /// <summary>Text that a message brought.</summary>
    public static Text OfContent(string value) => value.Length == 0 ? Empty : new(value, [new(0, value.Length, TextOrigin.Content)]);

    /// <summary>Code points of a string; a lone surrogate is one.</summary>
    public static int CodePoints(ReadOnlySpan<char> text)
    {
        var count = 0;
        for (var i = 0; i < text.Length; i += Units(text, i))
        {
            count++;
        }

        return count;
    }

    /// <summary>UTF-16 units of the code point at <paramref name="at"/>.</summary>
    public static int Units(ReadOnlySpan<char> text, int at) =>
        char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? 2 : 1;

    /// <summary>Where a code point begins, in UTF-16 units.</summary>
    public int Offset(int codePoint) => Starts.Length == 0 ? codePoint : Starts[codePoint];

    /// <summary>Which code point begins at a UTF-16 position.</summary>
    public int CodePointAt(int offset) => Starts.Length == 0 ? offset : Math.Abs(Array.BinarySearch(Starts, offset));

    /// <summary>The UTF-16 units from <paramref name="start"/> up to, not including, <paramref name="end"/>.</summary>
    public Text Slice(int start, int end)
    {
        if (start >= end)
        {
            return Empty;
        }

        if (start == 0 && end == Value.Length)
        {
            return this;
        }

        TextRun[] inside = Runs.Length == 0 ? [] :
            [.. Runs.Where(run => run.End > start && run.Start < end).Select(run => run with { Start = Math.Max(run.Start, start) - start, End = Math.Min(run.End, end) - start })];
        return new(Value[start..end], inside, IsMarkup);
    }

    /// <summary>The code points one by one.</summary>
    public IEnumerable<Text> Characters()
    {
        for (var i = 0; i < Value.Length;)
        {
            var next = i + Units(Value, i);
            yield return Slice(i, next);
            i = next;
        }
    }

    /// <summary>The same text in another form, as upper case is: where the length stays, so do the runs; else it counts as one whole.</summary>
    public Text Mapped(string form) =>
        Runs.Length == 0 || form.Length == 0 ? new(form, null, IsMarkup)
        : form.Length == Value.Length ? new(form, Runs, IsMarkup)
        : new(form, [new(0, form.Length, Origin)], IsMarkup);

    /// <summary>The same characters, to be escaped or not where they meet markup.</summary>
    public Text WithMarkup(bool markup) => markup == IsMarkup ? this : new(Value, Runs, markup);

    /// <inheritdoc/>
    public bool Equals(Text? other) => other is not null && Value == other.Value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Text);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Value;

    private static int[] StartsOf(string text)
    {
        var starts = new List<int>(text.Length);
        for (var i = 0; i < text.Length; i += Units(text, i))
        {
            starts.Add(i);
        }

        return [.. starts, text.Length];
    }
}
