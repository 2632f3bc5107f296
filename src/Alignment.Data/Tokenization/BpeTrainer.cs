using System.Runtime.InteropServices;
using Alignment.Data.Tokenization.PreTokenizers;

namespace Alignment.Data.Tokenization;

/// <summary>
/// Trains byte-level BPE (Sennrich et al. 2016, arXiv:1508.07909, Algorithm 1, on UTF-8 bytes as in GPT-2): the most frequent
/// pair of neighbours becomes a token, again and again. Of equally frequent pairs the one with the smaller ids is taken, so the
/// result depends on the text alone, and is that of the tokenizers library.
/// </summary>
public static class BpeTrainer
{
    /// <summary>Counts the words of all texts, then merges pairs until the vocabulary is full.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The vocabulary has no room for the bytes and the special tokens.</exception>
    /// <exception cref="InvalidDataException">There is no text.</exception>
    public static TrainedBpe Train(IEnumerable<string> texts, BpeTrainerOptions options, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.VocabularySize, BpeTrainerOptions.LeastVocabulary);

        string[] tokens = [.. SpecialTokens.All, .. ByteLetters.All.ToArray().Order().Select(c => c.ToString())];
        var words = CountWords(texts, WordPatterns.Steps(options.Pattern), cancel);
        if (words.Count == 0)
        {
            throw new InvalidDataException("There is no text to train a tokenizer on; check the files and their text columns.");
        }

        var state = new PairMerges(tokens, words);
        state.MergeUntil(options.VocabularySize, Math.Max(1, options.MinFrequency), cancel);
        return new(state.Tokens, state.Merges, options.Pattern);
    }

    private static Dictionary<string, long> CountWords(IEnumerable<string> texts, IReadOnlyList<IPreTokenizationStep> steps, CancellationToken cancel)
    {
        var words = new Dictionary<string, long>(StringComparer.Ordinal);
        var bySpan = words.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var text in texts)
        {
            cancel.ThrowIfCancellationRequested();
            var pieces = new PieceList(TextPipeline.WellFormed(text));
            foreach (var step in steps)
            {
                pieces = step.Apply(pieces);
            }

            foreach (var range in pieces.Ranges)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(bySpan, pieces[range], out _)++;
            }
        }

        return words;
    }
}
