namespace Alignment.Data.Tokenization.Models;

/// <summary>The model of a tokenizer as its files give it, checked.</summary>
internal abstract record ModelDefinition
{
    /// <summary>Ids from here on are taken for a damaged file, not for a vocabulary.</summary>
    public const int IdLimit = 1 << 22;

    /// <summary>Every token and its id.</summary>
    public required IReadOnlyDictionary<string, int> Vocabulary { get; init; }

    /// <summary>The word that begins every message about this model: file and part.</summary>
    public required string Source { get; init; }

    /// <summary>Every id with its token; more than <see cref="Vocabulary"/> only where a token has several ids.</summary>
    public virtual IEnumerable<KeyValuePair<string, int>> Entries => Vocabulary;

    /// <summary>
    /// Whether words that begin with ▁ can be encoded apart: nothing joins something to a following ▁. A SentencePiece-like model
    /// takes a whole text as one piece; cut so, the ids are the same and words can be remembered.
    /// </summary>
    public virtual bool CanCutAtMarks => false;

    /// <summary>The model in working order.</summary>
    /// <param name="apart">Tokens that are never made of text: special tokens, which are found before the model sees a text.</param>
    public abstract ITokenModel Build(IReadOnlySet<string> apart);
}
