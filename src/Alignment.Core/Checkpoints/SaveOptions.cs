using static TorchSharp.torch;

namespace Alignment.Core.Checkpoints;

/// <summary>How a model folder is written.</summary>
public sealed record SaveOptions
{
    /// <summary>Size of a file of weights beyond which there are several, when no other is given: transformers' 5 GB.</summary>
    public const long DefaultMaxShardBytes = 5_000_000_000;

    /// <summary>Type of the stored weights: Float32, BFloat16 or Float16.</summary>
    public ScalarType Type { get; init; } = ScalarType.Float32;

    /// <summary>Most bytes of weights in one file; a larger tensor has a file of its own.</summary>
    public long MaxShardBytes { get; init; } = DefaultMaxShardBytes;

    /// <summary>Copies the tokenizer's files into the folder it is given; null = none.</summary>
    public Action<string>? CopyTokenizer { get; init; }

    /// <summary>Content of <see cref="GenerationConfigFile.Name"/>; null = the config's special ids.</summary>
    public byte[]? GenerationConfig { get; init; }
}
