using Alignment.Data.Rows;

namespace Alignment.Data.Audit;

/// <summary>What evaluation sets hold: their prompts, and their long sequences of words.</summary>
/// <param name="sequenceWords">Words of a sequence.</param>
internal sealed class EvaluationTexts(int sequenceWords)
{
    private readonly HashSet<ulong> _prompts = [];
    private readonly HashSet<ulong> _sequences = [];
    private readonly List<ulong> _words = [];

    /// <summary>Whether there are any.</summary>
    public bool IsEmpty => _prompts.Count == 0 && _sequences.Count == 0;

    /// <summary>Adds a row of an evaluation set. A text shorter than a sequence counts only as a prompt.</summary>
    public void Add(DataRow row)
    {
        var texts = RowTexts.Of(row);
        if (texts.Prompt.Length > 0)
        {
            _prompts.Add(Words.TextHash(texts.Prompt));
        }

        foreach (var text in texts.Responses.Append(texts.Prompt))
        {
            _words.Clear();
            Words.Add(text, _words);
            if (_words.Count >= sequenceWords)
            {
                _sequences.UnionWith(Words.Sequences(_words, sequenceWords));
            }
        }
    }

    /// <summary>Whether an evaluation row has that prompt.</summary>
    public bool HasPrompt(ulong prompt) => _prompts.Contains(prompt);

    /// <summary>Whether some words are in an evaluation set in the same order.</summary>
    public bool Overlaps(List<ulong> words) => _sequences.Count > 0 && words.Count >= sequenceWords && Words.Sequences(words, sequenceWords).Any(_sequences.Contains);
}
