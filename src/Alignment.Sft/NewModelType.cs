namespace Alignment.Sft;

/// <summary>The architectures that a new model may have.</summary>
public enum NewModelType
{
    /// <summary>A decoder.</summary>
    Llama,

    /// <summary>An encoder, for classification.</summary>
    Bert,
}
