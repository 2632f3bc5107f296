using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace TorchSharp;

/// <summary>One boxed argument or result; mirrors AtArg of native/abi.h.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal unsafe struct NativeArg
{
    [FieldOffset(0)] public ArgKind Kind;
    [FieldOffset(4)] public int Count;
    [FieldOffset(8)] public long Integer;
    [FieldOffset(8)] public double Real;
    [FieldOffset(8)] public void* Pointer;
}

/// <summary>The tags of native/abi.h.</summary>
internal enum ArgKind
{
    None, Tensor, Int, Double, Bool, IntList, DoubleList, TensorList, String, Device, Generator,
}

/// <summary>The C ABI of native/abi.h.</summary>
internal static unsafe partial class Native
{
    private const string Library = "alignment_torch";
    private const string Kernels = "alignment_kernels";

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] internal static partial int at_find(string name, string overload, out IntPtr op);
    [LibraryImport(Library)] internal static partial int at_call(IntPtr op, NativeArg* args, int count, NativeArg* results, int capacity, int* n_results);
    [LibraryImport(Library)] internal static partial void at_list_free(void* list);

    [LibraryImport(Library)] private static partial IntPtr at_last_error();
    [LibraryImport(Library)] private static partial IntPtr at_take_callback_error();
    [LibraryImport(Library)] internal static partial IntPtr at_version();

    [LibraryImport(Library)] internal static partial void at_tensor_free(IntPtr tensor);
    [LibraryImport(Library), SuppressGCTransition] internal static partial void at_tensor_share(IntPtr tensor);
    [LibraryImport(Library), SuppressGCTransition] internal static partial int at_info(IntPtr tensor, TensorInfo what, long* value);
    [LibraryImport(Library), SuppressGCTransition] internal static partial int at_shape(IntPtr tensor, long* sizes, long* strides);
    [LibraryImport(Library)] internal static partial int at_data(IntPtr tensor, void** data);
    [LibraryImport(Library)] internal static partial int at_from_blob(void* data, long* sizes, int dims, int dtype, delegate* unmanaged<IntPtr, void> release, IntPtr context, IntPtr* tensor);

    [LibraryImport(Library)] internal static partial int at_backward(IntPtr* tensors, int count, IntPtr* grads, int n_grads, int retain_graph, int create_graph, IntPtr* inputs, int n_inputs);
    [LibraryImport(Library)] internal static partial int at_grad(IntPtr* outputs, int count, IntPtr* inputs, int n_inputs, IntPtr* grads, int n_grads, int retain_graph, int create_graph, int allow_unused, IntPtr* result);
    [LibraryImport(Library)] internal static partial int at_get_grad(IntPtr tensor, IntPtr* grad);
    [LibraryImport(Library)] internal static partial int at_set_grad(IntPtr tensor, IntPtr grad);
    [LibraryImport(Library)] internal static partial int at_set_requires_grad(IntPtr tensor, int requires_grad);
    [LibraryImport(Library)] internal static partial int at_grad_mode();
    [LibraryImport(Library)] internal static partial void at_set_grad_mode(int enabled);
    [LibraryImport(Library)] internal static partial int at_inference_mode();
    [LibraryImport(Library)] internal static partial int at_inference_enter(int enabled, IntPtr* guard);
    [LibraryImport(Library)] internal static partial void at_inference_leave(IntPtr guard);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int at_function(IntPtr* inputs, int n_inputs, IntPtr* outputs, int* flags, int n_outputs, IntPtr* saved, int n_saved, int materialize, string name, IntPtr context,
        delegate* unmanaged<IntPtr, IntPtr, IntPtr*, int, IntPtr*, int, IntPtr*, int> backward, delegate* unmanaged<IntPtr, void> release, int* has_node);
    [LibraryImport(Library)] internal static partial int at_function_saved(IntPtr node, IntPtr* tensors, int capacity, int* count);

    [LibraryImport(Library)] internal static partial int at_generator_default(long device, IntPtr* generator);
    [LibraryImport(Library)] internal static partial int at_generator_new(ulong seed, long device, IntPtr* generator);
    [LibraryImport(Library)] internal static partial void at_generator_free(IntPtr generator);
    [LibraryImport(Library)] internal static partial int at_generator_seed(IntPtr generator, SeedRequest what, ulong* value);
    [LibraryImport(Library)] internal static partial int at_generator_get_state(IntPtr generator, IntPtr* state);
    [LibraryImport(Library)] internal static partial int at_generator_set_state(IntPtr generator, IntPtr state);
    [LibraryImport(Library)] internal static partial int at_manual_seed(ulong seed);
    [LibraryImport(Library)] internal static partial int at_get_threads(int what, int* count);
    [LibraryImport(Library)] internal static partial int at_set_threads(int what, int count);
    [LibraryImport(Library)] internal static partial int at_device_count(int type, int* count);
    [LibraryImport(Library)] internal static partial int at_cuda_synchronize(int index);

    [LibraryImport(Kernels)] internal static partial void ak_adamw(void* parameter, void* gradient, void* first, void* second, long count, float decay, float beta1, float beta2, float step, float correction, float epsilon);
    [LibraryImport(Kernels)] internal static partial double ak_sum_squares(void* values, long count);

    /// <summary>Throws what a status other than 0 stands for.</summary>
    internal static void Check(int status)
    {
        if (status != 0)
        {
            Throw(status);
        }
    }

    private static void Throw(int status)
    {
        if (status == 2)
        {
            var handle = GCHandle.FromIntPtr(at_take_callback_error());
            var thrown = (ExceptionDispatchInfo)handle.Target!;
            handle.Free();
            thrown.Throw();
        }

        throw new ExternalException(Marshal.PtrToStringUTF8(at_last_error()));
    }
}

/// <summary>What at_info tells.</summary>
internal enum TensorInfo
{
    DType, DeviceType, DeviceIndex, Dimensions, Elements, ElementSize, RequiresGrad, IsLeaf, IsContiguous,
}

/// <summary>What at_generator_seed does.</summary>
internal enum SeedRequest
{
    Set, Get, Reseed,
}
