namespace Alignment.Objectives;

/// <summary>What kind of group-relative loss is wanted. Defaults are TRL's.</summary>
public sealed record GrpoLossOptions
{
    /// <summary>The form.</summary>
    public GrpoLossKind Kind { get; init; } = GrpoLossKind.Dapo;

    /// <summary>ε below: the ratio is clipped at 1 − ε.</summary>
    public double EpsilonLow { get; init; } = 0.2;

    /// <summary>ε above (DAPO's clip-higher); as below when null. For cispo the bound of the ratio itself.</summary>
    public double? EpsilonHigh { get; init; }

    /// <summary>The bound of the unclipped ratio (two-sided clipping, INTELLECT-2); none when null.</summary>
    public double? Delta { get; init; }

    /// <summary>β of the KL term (K3); 0 needs no reference.</summary>
    public double Beta { get; init; }

    /// <summary>Whether the KL term is multiplied by the ratio (DeepSeek-V3.2's unbiased estimate).</summary>
    public bool UnbiasedKl { get; init; }

    /// <summary>What has a ratio of its own.</summary>
    public RatioLevel Level { get; init; }

    /// <summary>τ of sapo where the advantage is positive.</summary>
    public double SapoTemperaturePositive { get; init; } = 1;

    /// <summary>τ of sapo elsewhere.</summary>
    public double SapoTemperatureNegative { get; init; } = 1.05;

    /// <summary>k of vespo where the advantage is not negative.</summary>
    public double VespoPowerPositive { get; init; } = 2;

    /// <summary>λ of vespo where the advantage is not negative.</summary>
    public double VespoRatePositive { get; init; } = 3;

    /// <summary>k of vespo where it is.</summary>
    public double VespoPowerNegative { get; init; } = 3;

    /// <summary>λ of vespo where it is.</summary>
    public double VespoRateNegative { get; init; } = 2;

    /// <summary>ε above.</summary>
    public double Upper => EpsilonHigh ?? EpsilonLow;
}
