using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace TorchSharp;

/// <summary>One call of a custom function: libtorch's graph node holds it, through a GCHandle, until the graph goes.</summary>
internal sealed unsafe class FunctionNode
{
    private readonly AutogradContext _context;
    private readonly string _name;
    private readonly Func<AutogradContext, List<Tensor>, List<Tensor>> _backward;

    private FunctionNode(AutogradContext context, string name, Func<AutogradContext, List<Tensor>, List<Tensor>> backward)
    {
        _context = context;
        _name = name;
        _backward = backward;
    }

    public static List<Tensor> Apply(
        string name, object[] arguments, Func<AutogradContext, object[], List<Tensor>> forward, Func<AutogradContext, List<Tensor>, List<Tensor>> backward)
    {
        var context = new AutogradContext();
        List<Tensor> outputs;
        using (no_grad())
        {
            outputs = forward(context, arguments);
        }

        var attached = Attach(new FunctionNode(context, name, backward), context, arguments, outputs);
        context.ReleaseForwardTensors();
        return attached;
    }

    private static List<Tensor> Attach(FunctionNode node, AutogradContext context, object[] arguments, List<Tensor> outputs)
    {
        var inputs = Array.ConvertAll(arguments, argument => (argument as Tensor)?.Handle ?? 0);
        var results = outputs.ConvertAll(output => output.Handle).ToArray();
        var flags = outputs.ConvertAll(output => Flag(context, output)).ToArray();
        var saved = context.Saved.ConvertAll(tensor => tensor?.Handle ?? 0).ToArray();
        var self = GCHandle.Alloc(node);
        int hasNode;
        int status;
        fixed (IntPtr* inputHandles = inputs, resultHandles = results, savedHandles = saved)
        {
            fixed (int* flagValues = flags)
            {
                status = Native.at_function(
                    inputHandles, inputs.Length, resultHandles, flagValues, results.Length, savedHandles, saved.Length, context.MaterializeGrads ? 1 : 0, node._name,
                    GCHandle.ToIntPtr(self), &OnBackward, &OnRelease, &hasNode);
            }
        }

        GC.KeepAlive(arguments);
        if (hasNode == 0)
        {
            self.Free();
        }

        Native.Check(status);
        for (var k = 0; k < results.Length; k++)
        {
            if (results[k] == outputs[k].Handle)
            {
                Native.at_tensor_free(results[k]);
            }
            else if (IsTaken(outputs[k], arguments, outputs, k))
            {
                outputs[k] = new Tensor(results[k]);
            }
            else
            {
                outputs[k].Become(results[k]);
            }
        }

        return outputs;
    }

    /// <summary>An input given back, or an output given twice: the object keeps its meaning, the result is a new one.</summary>
    private static bool IsTaken(Tensor output, object[] arguments, List<Tensor> outputs, int k) =>
        arguments.Any(argument => ReferenceEquals(argument, output)) || outputs.Take(k).Any(earlier => ReferenceEquals(earlier, output));

    private static int Flag(AutogradContext context, Tensor output) =>
        (context.Dirty.Any(tensor => ReferenceEquals(tensor, output)) ? 1 : 0) | (context.NonDifferentiable.Any(tensor => ReferenceEquals(tensor, output)) ? 2 : 0);

    [UnmanagedCallersOnly]
    private static int OnBackward(IntPtr context, IntPtr node, IntPtr* grads, int gradCount, IntPtr* results, int resultCount, IntPtr* error)
    {
        try
        {
            ((FunctionNode)GCHandle.FromIntPtr(context).Target!).Backward(node, new Span<IntPtr>(grads, gradCount), new Span<IntPtr>(results, resultCount));
            return 0;
        }
        catch (Exception exception)
        {
            *error = GCHandle.ToIntPtr(GCHandle.Alloc(ExceptionDispatchInfo.Capture(exception)));
            return 1;
        }
    }

    [UnmanagedCallersOnly]
    private static void OnRelease(IntPtr context) => GCHandle.FromIntPtr(context).Free();

    private void Backward(IntPtr node, Span<IntPtr> grads, Span<IntPtr> results)
    {
        using var scope = NewDisposeScope();
        var given = new List<Tensor>(grads.Length);
        foreach (var grad in grads)
        {
            if (grad == 0)
            {
                given.Add(null!);
                continue;
            }

            Native.at_tensor_share(grad);
            given.Add(new Tensor(grad));
        }

        List<Tensor> wanted;
        var outer = _context.Node;
        _context.Node = node;
        try
        {
            wanted = _backward(_context, given);
        }
        finally
        {
            _context.Node = outer;
        }

        if (wanted.Count != results.Length)
        {
            throw new InvalidOperationException($"backward of {_name} gave {wanted.Count} gradients for {results.Length} arguments of forward.");
        }

        for (var k = 0; k < results.Length; k++)
        {
            if (wanted[k] is { } gradient)
            {
                Native.at_tensor_share(gradient.Handle);
                results[k] = gradient.Handle;
            }
        }
    }
}
