namespace Alignment.Data.Tokenization;

/// <summary>What <see cref="BpeTrainer"/> makes.</summary>
public sealed record BpeTrainerOptions
{
    /// <summary>The least vocabulary: every byte and the special tokens.</summary>
    public static int LeastVocabulary { get; } = 256 + SpecialTokens.All.Count;

    /// <summary>How many tokens, special tokens and the 256 bytes included. Fewer come out where the text has no more pairs.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>How the text is cut into words.</summary>
    public WordPattern Pattern { get; init; } = WordPattern.Gpt2;

    /// <summary>A pair that is rarer than this in the text is not merged. Default 2.</summary>
    public int MinFrequency { get; init; } = 2;
}
