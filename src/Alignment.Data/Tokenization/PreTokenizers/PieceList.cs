namespace Alignment.Data.Tokenization.PreTokenizers;

/// <summary>A text that is being cut into the pieces that are merged apart. The pieces are in order and do not overlap.</summary>
internal sealed class PieceList
{
    private char[] _text;

    public PieceList(ReadOnlySpan<char> text)
    {
        _text = text.ToArray();
        Length = text.Length;
        Ranges = [];
        if (!text.IsEmpty)
        {
            Ranges.Add((0, text.Length));
        }
    }

    /// <summary>An empty list with room for <paramref name="capacity"/> characters.</summary>
    public PieceList(int capacity, int pieces)
    {
        _text = new char[capacity];
        Ranges = new(pieces);
    }

    public int Length { get; private set; }

    /// <summary>Whether the first piece begins where the whole text begins, with nothing left out before it.</summary>
    public bool StartsText { get; set; }

    public List<(int Start, int Length)> Ranges { get; set; }

    public ReadOnlySpan<char> this[(int Start, int Length) range] => _text.AsSpan(range.Start, range.Length);

    /// <summary>Room for one more piece of at most <paramref name="most"/> characters; <see cref="Commit"/> takes what was used.</summary>
    public Span<char> Reserve(int most)
    {
        if (Length + most > _text.Length)
        {
            Array.Resize(ref _text, Math.Max(Length + most, _text.Length * 2));
        }

        return _text.AsSpan(Length, most);
    }

    public void Commit(int used)
    {
        if (used > 0)
        {
            Ranges.Add((Length, used));
            Length += used;
        }
    }
}
