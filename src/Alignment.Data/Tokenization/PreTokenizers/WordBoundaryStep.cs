namespace Alignment.Data.Tokenization.PreTokenizers;

/// <summary>
/// Cuts before every run of ▁. A SentencePiece-like model takes a whole text as one piece; where no merge joins something to a
/// following ▁ the ids are the same, and words can be remembered.
/// </summary>
internal sealed class WordBoundaryStep : IPreTokenizationStep
{
    public const char Mark = '▁';

    public PieceList Apply(PieceList pieces)
    {
        var ranges = new List<(int, int)>(pieces.Length / 4);
        foreach (var range in pieces.Ranges)
        {
            var text = pieces[range];
            var start = 0;
            for (var i = 1; i < text.Length; i++)
            {
                if (text[i] == Mark && text[i - 1] != Mark)
                {
                    ranges.Add((range.Start + start, i - start));
                    start = i;
                }
            }

            ranges.Add((range.Start + start, text.Length - start));
        }

        pieces.Ranges = ranges;
        return pieces;
    }
}
