namespace TorchSharp;

public static partial class torch
{
    /// <content>Gradients.</content>
    public unsafe partial class Tensor
    {
        public bool requires_grad
        {
            get => Info(TensorInfo.RequiresGrad) != 0;
            set => requires_grad_(value);
        }

        /// <summary>The accumulated gradient as a new object, or null.</summary>
        public Tensor? grad
        {
            get
            {
                IntPtr handle;
                Native.Check(Native.at_get_grad(Handle, &handle));
                GC.KeepAlive(this);
                return handle == 0 ? null : new Tensor(handle);
            }

            set
            {
                Native.Check(Native.at_set_grad(Handle, value is null ? 0 : value.Handle));
                GC.KeepAlive(this);
                GC.KeepAlive(value);
            }
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            Native.Check(Native.at_set_requires_grad(Handle, requires_grad ? 1 : 0));
            return this;
        }

        public void backward() => autograd.backward([this]);

        public void backward(IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null) =>
            autograd.backward([this], grad_tensors, retain_graph, create_graph, inputs);
    }
}
