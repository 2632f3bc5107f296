using System.Text.RegularExpressions;

namespace Alignment.Data.Tokenization.PreTokenizers;

/// <summary><c>ByteLevel</c>: GPT-2's word pattern where it is asked for, then every piece as the letters of its UTF-8 bytes.</summary>
internal sealed partial class ByteLevelStep(bool addPrefixSpace, bool useRegex) : IPreTokenizationStep
{
    /// <summary>GPT-2's pattern of words (Radford et al. 2019, <c>encoder.py</c>).</summary>
    public const string Gpt2Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private static readonly PatternSplitter Words = new(Gpt2Regex(), SplitBehavior.Isolated, invert: false);

    public PieceList Apply(PieceList pieces)
    {
        if (addPrefixSpace)
        {
            pieces = PrependSpaces(pieces);
        }

        if (useRegex)
        {
            pieces = Words.Apply(pieces);
        }

        var bytes = new PieceList(pieces.Length + (pieces.Length / 4) + 16, pieces.Ranges.Count);
        foreach (var range in pieces.Ranges)
        {
            bytes.Commit(ByteLetters.Write(pieces[range], bytes.Reserve(range.Length * 3)));
        }

        return bytes;
    }

    private static PieceList PrependSpaces(PieceList pieces)
    {
        var result = new PieceList(pieces.Length + pieces.Ranges.Count, pieces.Ranges.Count);
        foreach (var range in pieces.Ranges)
        {
            var space = pieces[range][0] == ' ' ? 0 : 1;
            var target = result.Reserve(range.Length + space);
            target[0] = ' ';
            pieces[range].CopyTo(target[space..]);
            result.Commit(target.Length);
        }

        return result;
    }

    [GeneratedRegex(Gpt2Pattern, RegexOptions.CultureInvariant)]
    private static partial Regex Gpt2Regex();
}
