namespace Alignment.Core.Models;

/// <summary>The nonlinearity of the feed-forward block.</summary>
public enum ActivationKind
{
    /// <summary>x · σ(x).</summary>
    Silu,

    /// <summary>x · Φ(x), exact.</summary>
    Gelu,

    /// <summary>x · Φ(x) by the tanh approximation (<c>gelu_new</c>, <c>gelu_pytorch_tanh</c>).</summary>
    GeluTanh,

    /// <summary>max(x, 0).</summary>
    Relu,
}
