namespace Alignment.Core.Models;

/// <summary>The scaling of rotary positions; names and defaults are those of <c>rope_scaling</c>.</summary>
public sealed record RotaryScaling
{
    /// <summary><c>rope_type</c>.</summary>
    public required RotaryKind Kind { get; init; }

    /// <summary><c>factor</c>: how much longer sequences become.</summary>
    public double Factor { get; init; } = 1;

    /// <summary><c>original_max_position_embeddings</c>: the length of the first training, in tokens.</summary>
    public required int OriginalPositions { get; init; }

    /// <summary><c>attention_factor</c>: multiplies cosines and sines; null = what the paper of the kind says.</summary>
    public double? AttentionFactor { get; init; }

    /// <summary><c>beta_fast</c> of YaRN: turns over the original length from which a frequency is kept.</summary>
    public double BetaFast { get; init; } = 32;

    /// <summary><c>beta_slow</c> of YaRN: turns up to which a frequency is divided in full.</summary>
    public double BetaSlow { get; init; } = 1;

    /// <summary><c>truncate</c> of YaRN: the ramp begins and ends at whole frequencies.</summary>
    public bool Truncate { get; init; } = true;

    /// <summary><c>mscale</c> of YaRN; counts together with <see cref="MscaleAllDim"/> only.</summary>
    public double? Mscale { get; init; }

    /// <summary><c>mscale_all_dim</c> of YaRN.</summary>
    public double? MscaleAllDim { get; init; }

    /// <summary><c>low_freq_factor</c> of Llama 3.</summary>
    public double LowFrequencyFactor { get; init; } = 1;

    /// <summary><c>high_freq_factor</c> of Llama 3.</summary>
    public double HighFrequencyFactor { get; init; } = 4;

    /// <summary><c>short_factor</c> of LongRoPE: a divisor per frequency, for sequences within the original length.</summary>
    public ValueList<double> ShortFactors { get; init; } = [];

    /// <summary><c>long_factor</c> of LongRoPE: the same for longer sequences.</summary>
    public ValueList<double> LongFactors { get; init; } = [];
}
