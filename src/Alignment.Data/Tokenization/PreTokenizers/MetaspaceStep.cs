namespace Alignment.Data.Tokenization.PreTokenizers;

/// <summary><c>Metaspace</c>: blanks become a mark, pieces begin with one where the scheme says so, and are cut before every mark.</summary>
/// <param name="mark">What stands for a blank.</param>
/// <param name="scheme">Which pieces begin with a mark.</param>
/// <param name="split">Whether pieces are cut before every mark.</param>
internal sealed class MetaspaceStep(char mark, PrependScheme scheme, bool split) : IPreTokenizationStep
{
    public PieceList Apply(PieceList pieces)
    {
        var result = new PieceList(pieces.Length + pieces.Ranges.Count, pieces.Ranges.Count) { StartsText = pieces.StartsText };
        for (var i = 0; i < pieces.Ranges.Count; i++)
        {
            var piece = pieces[pieces.Ranges[i]];
            var isFirst = i == 0 && pieces.StartsText;
            var prepended = piece[0] != ' ' && piece[0] != mark && (scheme == PrependScheme.Always || (scheme == PrependScheme.First && isFirst)) ? 1 : 0;
            var target = result.Reserve(piece.Length + prepended);
            target[0] = mark;
            piece.Replace(target[prepended..], ' ', mark);
            result.Commit(target.Length);
        }

        return split ? CutAtMarks(result) : result;
    }

    private PieceList CutAtMarks(PieceList pieces)
    {
        var ranges = new List<(int, int)>(pieces.Length / 4);
        foreach (var (start, length) in pieces.Ranges)
        {
            var piece = pieces[(start, length)];
            var last = 0;
            for (var i = 1; i < length; i++)
            {
                if (piece[i] == mark)
                {
                    ranges.Add((start + last, i - last));
                    last = i;
                }
            }

            ranges.Add((start + last, length - last));
        }

        pieces.Ranges = ranges;
        return pieces;
    }
}
