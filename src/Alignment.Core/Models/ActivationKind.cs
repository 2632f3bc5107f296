namespace Alignment.Core.Models;

/// <summary>The nonlinearity of the feed-forward block.</summary>
public enum ActivationKind
{
    /// <summary>x · σ(x).</summary>
    Silu,

    /// <summary>x · Φ(x), exact.</summary>
    Gelu,

    /// <summary>x · Φ(x) by the tanh approximation (<c>gelu_new</c>, <c>gelu_fast</c>, <c>gelu_pytorch_tanh</c>).</summary>
    GeluTanh,

    /// <summary>x · σ(1.702 · x).</summary>
    QuickGelu,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>max(x, 0)².</summary>
    SquaredRelu,

    /// <summary>tanh(x).</summary>
    Tanh,

    /// <summary>σ(x).</summary>
    Sigmoid,
}
