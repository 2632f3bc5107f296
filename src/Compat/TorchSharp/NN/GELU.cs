namespace TorchSharp.Modules;

/// <summary>Holds <see cref="Approximate"/>, the argument of <c>functional.gelu</c>.</summary>
public sealed class GELU
{
    private GELU()
    {
    }

    public enum Approximate
    {
        none = 0,
        tanh = 1,
    }
}
