namespace Microsoft.ML.Tokenizers;

/// <summary>Which parts of the pipeline an encoding runs.</summary>
public struct EncodeSettings
{
    public EncodeSettings()
    {
    }

    public bool ConsiderNormalization { get; set; } = true;

    public bool ConsiderPreTokenization { get; set; } = true;

    /// <summary>Encoding ends after this many tokens.</summary>
    public int MaxTokenCount { get; set; } = int.MaxValue;
}
