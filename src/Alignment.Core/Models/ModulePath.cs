using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>Registers a module under a dotted path, as <c>model.decoder</c>, with an empty module for each step between.</summary>
internal static class ModulePath
{
    /// <param name="root">Gets the first step.</param>
    /// <param name="path">Names joined with dots.</param>
    /// <param name="module">Gets the last one.</param>
    public static void Register(nn.Module root, string path, nn.Module module)
    {
        var steps = path.Split('.');
        foreach (var step in steps[..^1])
        {
            var inner = new Step();
            root.register_module(step, inner);
            root = inner;
        }

        root.register_module(steps[^1], module);
    }

    private sealed class Step() : nn.Module(nameof(Step));
}
