namespace Alignment.Data.Rewards;

/// <summary>What a length counts.</summary>
public enum LengthUnit
{
    /// <summary>Runs without white space that have a letter or a digit.</summary>
    Words,

    /// <summary>Tokens of the model's tokenizer.</summary>
    Tokens,

    /// <summary>Characters, as a reader counts them: a letter with its accents is one.</summary>
    Characters,
}
