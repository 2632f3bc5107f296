namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>Shape, element type and device: "[2x2], type = Float32, device = cpu".</summary>
        public override string ToString() =>
            IsInvalid ? "(disposed)" : $"[{string.Join('x', shape)}], type = {dtype}, device = {device}";
    }
}
