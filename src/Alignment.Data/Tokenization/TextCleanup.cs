namespace Alignment.Data.Tokenization;

/// <summary>Takes the blanks out that English does not write before punctuation and contractions (<c>clean_up_tokenization_spaces</c>).</summary>
internal static class TextCleanup
{
    /// <summary>No replacement looks further than this.</summary>
    public const int Longest = 4;

    /// <summary>The cleaning that transformers does on a decoded text.</summary>
    public static string Apply(string text) => text
        .Replace(" .", ".", StringComparison.Ordinal).Replace(" ?", "?", StringComparison.Ordinal).Replace(" !", "!", StringComparison.Ordinal)
        .Replace(" ,", ",", StringComparison.Ordinal).Replace(" ' ", "'", StringComparison.Ordinal).Replace(" n't", "n't", StringComparison.Ordinal)
        .Replace(" 'm", "'m", StringComparison.Ordinal).Replace(" 's", "'s", StringComparison.Ordinal).Replace(" 've", "'ve", StringComparison.Ordinal)
        .Replace(" 're", "'re", StringComparison.Ordinal);

    /// <summary>The cleaning that the WordPiece decoder does on each token.</summary>
    public static string ApplyToToken(string token) => Apply(token).Replace(" do not", " don't", StringComparison.Ordinal);
}
