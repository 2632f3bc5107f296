using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace TorchSharp;

/// <summary>A call of a custom function in the graph: libtorch's node holds its context, through a GCHandle, until the graph goes.</summary>
internal static unsafe class FunctionNode
{
    private const int OnStack = 32; // more handles than that are rare

    public static List<Tensor> Apply(ICustomFunction function, object[] arguments)
    {
        var (context, withGradients, isHeld) = (AutogradContext.Rent(function), is_grad_enabled(), false);
        Native.at_set_grad_mode(0);
        try
        {
            var outputs = function.Forward(context, arguments);
            Attach(context, withGradients, arguments, CollectionsMarshal.AsSpan(outputs), ref isHeld);
            return outputs;
        }
        finally
        {
            End(context, withGradients, isHeld);
        }
    }

    public static Tensor ApplySingle(ISingleFunction function, object[] arguments)
    {
        var (context, withGradients, isHeld) = (AutogradContext.Rent(function), is_grad_enabled(), false);
        Native.at_set_grad_mode(0);
        try
        {
            var output = function.Forward(context, arguments);
            Attach(context, withGradients, arguments, new Span<Tensor>(ref output), ref isHeld);
            return output;
        }
        finally
        {
            End(context, withGradients, isHeld);
        }
    }

    private static void End(AutogradContext context, bool withGradients, bool isHeld)
    {
        Native.at_set_grad_mode(withGradients ? 1 : 0);
        if (!isHeld)
        {
            context.Return();
        }
    }

    // Whether a node holds the context is told even when libtorch refuses: the node has let it go then.
    private static void Attach(AutogradContext context, bool withGradients, object[] arguments, Span<Tensor> outputs, ref bool isHeld)
    {
        if (!withGradients)
        {
            return;
        }

        Native.at_set_grad_mode(1);
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
        isHeld = hasNode != 0;
        if (!isHeld)
        {
            self.Free();
        }

        Native.Check(status);
        context.ReleaseForwardTensors(); // the graph holds them now
        for (var k = 0; k < results.Length; k++)
        {
            if (results[k] == outputs[k].Handle)
            {
                Native.at_tensor_free(results[k]);
            }
            else if (Holds(arguments, outputs[k]) || Holds<Tensor>(outputs[..k], outputs[k]))
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
    private static void OnRelease(IntPtr context)
    {
        var handle = GCHandle.FromIntPtr(context);
        var released = (AutogradContext)handle.Target!;
        handle.Free();
        released.Return();
    }

    private static void Backward(AutogradContext context, IntPtr node, Span<IntPtr> grads, Span<IntPtr> results)
    {
        using var scope = DisposeScopeManager.OfThread.OpenBrief();
        Tensor only = null!;
        var given = grads.Length == 1 ? new Span<Tensor>(ref only) : new Tensor[grads.Length];
        for (var k = 0; k < given.Length; k++)
        {
            if (grads[k] != 0)
            {
                Native.at_tensor_share(grads[k]);
                given[k] = new Tensor(grads[k]);
            }
        }

        var outer = context.Node;
        context.Node = node;
        try
        {
            var wanted = context.Function.Backward(context, given);
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
        finally
        {
            context.Node = outer;
            if (outer == 0)
            {
                context.ReleaseUnpacked(); // a function may have given the list of saved tensors itself
            }
        }
    }
}
