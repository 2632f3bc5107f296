namespace Alignment.Core.Lora;

/// <summary>How the frozen projections of the layers are held while an adapter is trained on them. Embedding, output layer and norms stay float32.</summary>
public enum Quantization
{
    /// <summary>float32.</summary>
    None,

    /// <summary>4-bit NormalFloat with doubly quantised scales, about 4.13 bits a weight (QLoRA: Dettmers et al. 2023, arXiv:2305.14314).</summary>
    Nf4,

    /// <summary>8 bits a weight with one float32 scale a row.</summary>
    Int8,
}
