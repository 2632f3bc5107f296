using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Alignment.Core.Lora;

/// <summary>One factor of an update, stored as <c>lora_A.weight</c> or <c>lora_B.weight</c>.</summary>
internal sealed class LoraFactor : nn.Module
{
    public LoraFactor(Tensor start)
        : base(nameof(LoraFactor))
    {
        Weight = new Parameter(start);
        Weight.DetachFromDisposeScope();
        register_parameter("weight", Weight);
    }

    public Parameter Weight { get; }

    /// <summary>The parameter is registered by name; fields are not to be walked.</summary>
    protected override void RegisterComponents()
    {
    }
}
