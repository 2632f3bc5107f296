namespace Microsoft.ML.Tokenizers;

/// <summary>What one encoding gave.</summary>
public struct EncodeResults<T>
{
    public IReadOnlyList<T> Tokens { get; set; }

    /// <summary>The text after the normalizer; null when none ran.</summary>
    public string? NormalizedText { get; set; }

    public int CharsConsumed { get; set; }
}
