using static TorchSharp.torch;

namespace Alignment.Core.Numerics;

/// <summary>
/// The backward pass of a custom function that also runs on a GPU. For a GPU libtorch calls it on a thread of its own, on which no dispose scope is open: TorchSharp would keep the gradients
/// that went in and out, and what was saved, until garbage is collected, dozens of steps later.
/// </summary>
internal static class BackwardPass
{
    [ThreadStatic]
    private static List<Tensor>? _taken;

    /// <summary>Runs it.</summary>
    /// <param name="given">The gradients of the function's results.</param>
    /// <param name="pass">Gives those of its arguments, moved to the scope around it.</param>
    /// <returns>What the pass gave. Without a scope around this it lives, as the given gradients do, until the next pass on this thread: libtorch has references of its own by then.</returns>
    public static List<Tensor> Run(IReadOnlyList<Tensor> given, Func<List<Tensor>> pass)
    {
        if (CurrentDisposeScope is not null)
        {
            return pass();
        }

        _taken ??= [];
        foreach (var tensor in _taken)
        {
            tensor.Dispose();
        }

        _taken.Clear();
        using var scope = NewDisposeScope();
        var gradients = pass();
        foreach (var gradient in gradients)
        {
            gradient?.DetachFromDisposeScope();
        }

        _taken.AddRange(gradients.Concat(given).Where(tensor => tensor is not null));
        return gradients;
    }
}
