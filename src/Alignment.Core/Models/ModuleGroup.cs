using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>A step in parameter names that computes nothing, as <c>embeddings</c> in <c>bert.embeddings.word_embeddings.weight</c>.</summary>
internal sealed class ModuleGroup : nn.Module
{
    public ModuleGroup(params (string Name, nn.Module Module)[] parts)
        : base(nameof(ModuleGroup))
    {
        foreach (var (name, module) in parts)
        {
            register_module(name, module);
        }
    }
}
