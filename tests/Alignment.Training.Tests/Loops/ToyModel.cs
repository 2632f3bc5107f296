using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Alignment.Training.Tests.Loops;

/// <summary>A small regression model with a matrix, biases, a norm and dropout.</summary>
internal sealed class ToyModel : nn.Module<Tensor, Tensor>
{
    private readonly Linear _first;
    private readonly LayerNorm _norm;
    private readonly Dropout _dropout;
    private readonly Linear _last;

    public ToyModel(long seed, double dropout = 0.2)
        : base(nameof(ToyModel))
    {
        manual_seed(seed);
        _first = nn.Linear(Features, 16);
        _norm = nn.LayerNorm(16);
        _dropout = nn.Dropout(dropout);
        _last = nn.Linear(16, 1);
        RegisterComponents();
    }

    public static int Features => 4;

    /// <summary>[B, Features] → [B].</summary>
    public override Tensor forward(Tensor input) => _last.forward(_dropout.forward(_norm.forward(_first.forward(input)).relu())).squeeze(-1);

    /// <summary>All weights, as bytes.</summary>
    public byte[] Bytes()
    {
        using var scope = NewDisposeScope();
        return [.. parameters().SelectMany(parameter => parameter.detach().bytes.ToArray())];
    }
}
