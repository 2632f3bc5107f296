namespace Alignment.Core.Models;

/// <summary>Where a layer normalises, f being its attention or its feed-forward block.</summary>
public enum NormPlacement
{
    /// <summary>x + f(norm(x)).</summary>
    Before,

    /// <summary>x + norm(f(x)), as OLMo 2 does.</summary>
    After,

    /// <summary>x + norm(f(norm(x))), as Gemma 2 does.</summary>
    Around,

    /// <summary>norm(x + f(x)), as the first transformer and OPT-350m do.</summary>
    AfterSum,
}
