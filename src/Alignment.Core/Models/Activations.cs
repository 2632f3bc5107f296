using Alignment.Core.Kernels;
using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>The nonlinearities by Hugging Face's names and as functions.</summary>
internal static class Activations
{
    private static readonly (string Name, ActivationKind Kind)[] Known =
    [
        ("silu", ActivationKind.Silu), ("swish", ActivationKind.Silu),
        ("gelu", ActivationKind.Gelu), ("gelu_python", ActivationKind.Gelu),
        ("gelu_pytorch_tanh", ActivationKind.GeluTanh), ("gelu_new", ActivationKind.GeluTanh), ("gelu_fast", ActivationKind.GeluTanh),
        ("gelu_python_tanh", ActivationKind.GeluTanh), ("gelu_accurate", ActivationKind.GeluTanh),
        ("quick_gelu", ActivationKind.QuickGelu),
        ("relu", ActivationKind.Relu), ("relu2", ActivationKind.SquaredRelu),
        ("tanh", ActivationKind.Tanh), ("sigmoid", ActivationKind.Sigmoid),
    ];

    /// <summary>Every name, for messages.</summary>
    public static string Names => string.Join(", ", Known.Select(known => known.Name));

    /// <summary>The nonlinearity of this name; null when it is unknown.</summary>
    public static ActivationKind? Find(string? name) => Known.Where(known => known.Name == name).Select(known => (ActivationKind?)known.Kind).FirstOrDefault();

    /// <summary>The name that is written for a nonlinearity.</summary>
    public static string NameOf(ActivationKind kind) => Known.First(known => known.Kind == kind).Name;

    /// <summary>The function, element by element.</summary>
    public static Tensor Apply(ActivationKind kind, Tensor x) => kind switch
    {
        ActivationKind.Silu => nn.functional.silu(x),
        ActivationKind.Gelu or ActivationKind.GeluTanh when GeluFunction.Fits(x) => GeluFunction.Run(x, kind == ActivationKind.GeluTanh),
        ActivationKind.Gelu => nn.functional.gelu(x),
        ActivationKind.GeluTanh => nn.functional.gelu(x, TorchSharp.Modules.GELU.Approximate.tanh),
        ActivationKind.QuickGelu => x * (x * 1.702).sigmoid(),
        ActivationKind.SquaredRelu => nn.functional.relu(x).square(),
        ActivationKind.Tanh => x.tanh(),
        ActivationKind.Sigmoid => x.sigmoid(),
        _ => nn.functional.relu(x),
    };
}
