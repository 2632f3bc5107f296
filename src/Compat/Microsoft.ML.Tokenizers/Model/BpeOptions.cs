namespace Microsoft.ML.Tokenizers;

/// <summary>What a <see cref="BpeTokenizer"/> is made of.</summary>
public sealed class BpeOptions
{
    public BpeOptions(IEnumerable<KeyValuePair<string, int>> vocabulary)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        Vocabulary = vocabulary;
    }

    public IEnumerable<KeyValuePair<string, int>> Vocabulary { get; }

    /// <summary>"left right" each, best first.</summary>
    public IEnumerable<string>? Merges { get; set; }

    /// <summary>A piece that equals one of these becomes its id.</summary>
    public IReadOnlyDictionary<string, int>? SpecialTokens { get; set; }

    public Normalizer? Normalizer { get; set; }

    /// <summary>Null means <see cref="PreTokenizer.CreateWordOrNonWord"/>.</summary>
    public PreTokenizer? PreTokenizer { get; set; }

    /// <summary>Stands for a character that the vocabulary lacks; without it such a character is lost.</summary>
    public string? UnknownToken { get; set; }

    public bool FuseUnknownTokens { get; set; }

    public string? ContinuingSubwordPrefix { get; set; }

    public string? EndOfWordSuffix { get; set; }

    /// <summary>Pieces become UTF-8 bytes, written in GPT-2's byte letters, before they are merged.</summary>
    public bool ByteLevel { get; set; }

    public string? BeginningOfSentenceToken { get; set; }

    public string? EndOfSentenceToken { get; set; }
}
