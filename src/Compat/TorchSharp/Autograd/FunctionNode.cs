using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace TorchSharp;

/// <summary>A call of a custom function in the graph: libtorch's node holds its context, through a GCHandle, until the graph goes.</summary>
internal static unsafe class FunctionNode
{
    private const int OnStack = 32; // more handles than that are rare

    public static Tensor[] Apply(ICustomFunction function, object[] arguments)
    {
        var context = new AutogradContext(function);
        var withGradients = is_grad_enabled();
        Native.at_set_grad_mode(0);
        try
        {
            var outputs = function.Forward(context, arguments);
            if (withGradients)
            {
                Native.at_set_grad_mode(1);
                Attach(context, arguments, outputs);
            }

            context.ReleaseForwardTensors();
            return outputs;
        }
        finally
        {
            Native.at_set_grad_mode(withGradients ? 1 : 0);
        }
    }

    private static void Attach(AutogradContext context, object[] arguments, Tensor[] outputs)
    {
        var saved = context.Saved;
        Span<IntPtr> inputs = arguments.Length <= OnStack ? stackalloc IntPtr[arguments.Length] : new IntPtr[arguments.Length];
        Span<IntPtr> results = outputs.Length <= OnStack ? stackalloc IntPtr[outputs.Length] : new IntPtr[outputs.Length];
        Span<int> flags = outputs.Length <= OnStack ? stackalloc int[outputs.Length] : new int[outputs.Length];
        Span<IntPtr> kept = saved.Count <= OnStack ? stackalloc IntPtr[saved.Count] : new IntPtr[saved.Count];
        for (var k = 0; k < inputs.Length; k++)
        {
            inputs[k] = (arguments[k] as Tensor)?.Handle ?? 0;
        }

        for (var k = 0; k < results.Length; k++)
        {
            results[k] = outputs[k].Handle;
            flags[k] = (Holds(context.Dirty, outputs[k]) ? 1 : 0) | (Holds(context.NonDifferentiable, outputs[k]) ? 2 : 0);
        }

        for (var k = 0; k < kept.Length; k++)
        {
            kept[k] = saved[k]?.Handle ?? 0;
        }

        var self = GCHandle.Alloc(context);
        int hasNode;
        int status;
        fixed (IntPtr* inputHandles = inputs, resultHandles = results, savedHandles = kept)
        {
            fixed (int* flagValues = flags)
            {
                status = Native.at_function(
                    inputHandles, inputs.Length, resultHandles, flagValues, results.Length, savedHandles, kept.Length, context.MaterializeGrads ? 1 : 0, context.Function.Name,
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
            else if (Holds(arguments, outputs[k]) || Holds(outputs.AsSpan(0, k), outputs[k]))
            {
                outputs[k] = new Tensor(results[k]); // an input given back, or an output given twice: the object keeps its meaning, the result is a new one
            }
            else
            {
                outputs[k].Become(results[k]);
            }
        }
    }

    private static bool Holds(List<Tensor> tensors, Tensor wanted) => Holds(CollectionsMarshal.AsSpan(tensors), wanted);

    private static bool Holds<T>(ReadOnlySpan<T> objects, Tensor wanted)
        where T : class
    {
        foreach (var one in objects)
        {
            if (ReferenceEquals(one, wanted))
            {
                return true;
            }
        }

        return false;
    }

    [UnmanagedCallersOnly]
    private static int OnBackward(IntPtr context, IntPtr node, IntPtr* grads, int gradCount, IntPtr* results, int resultCount, IntPtr* error)
    {
        try
        {
            Backward((AutogradContext)GCHandle.FromIntPtr(context).Target!, node, new Span<IntPtr>(grads, gradCount), new Span<IntPtr>(results, resultCount));
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

    private static void Backward(AutogradContext context, IntPtr node, Span<IntPtr> grads, Span<IntPtr> results)
    {
        using var scope = NewDisposeScope();
        var given = new Tensor[grads.Length];
        for (var k = 0; k < given.Length; k++)
        {
            if (grads[k] != 0)
            {
                Native.at_tensor_share(grads[k]);
                given[k] = new Tensor(grads[k]);
            }
        }

        List<Tensor> wanted;
        var outer = context.Node;
        context.Node = node;
        try
        {
            wanted = context.Function.Backward(context, given);
        }
        finally
        {
            context.Node = outer;
        }

        if (wanted.Count != results.Length)
        {
            throw new InvalidOperationException($"backward of {context.Function.Name} gave {wanted.Count} gradients for {results.Length} arguments of forward.");
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
