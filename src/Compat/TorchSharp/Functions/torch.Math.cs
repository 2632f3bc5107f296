namespace TorchSharp;

public static partial class torch
{
    public static Tensor maximum(Tensor input, Tensor other) =>
        input.maximum(other);

    public static Tensor minimum(Tensor input, Tensor other) =>
        input.minimum(other);
}
