namespace TorchSharp;

public static partial class torch
{
    /// <summary>Until the result is disposed, on this thread: no gradients.</summary>
    public static IDisposable no_grad() => new GradMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);

    public static IDisposable set_grad_enabled(bool mode = true) => new GradMode(mode);

    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    public static bool is_grad_enabled() => Native.at_grad_mode() != 0;

    public static bool is_inference_mode_enabled() => Native.at_inference_mode() != 0;

    private sealed class GradMode : IDisposable
    {
        private readonly bool _before = is_grad_enabled();
        private bool _done;

        public GradMode(bool enabled) => Native.at_set_grad_mode(enabled ? 1 : 0);

        public void Dispose()
        {
            if (!_done)
            {
                _done = true;
                Native.at_set_grad_mode(_before ? 1 : 0);
            }
        }
    }

    private sealed unsafe class InferenceMode : IDisposable
    {
        private IntPtr _guard;

        public InferenceMode(bool enabled)
        {
            IntPtr guard;
            Native.Check(Native.at_inference_enter(enabled ? 1 : 0, &guard));
            _guard = guard;
        }

        public void Dispose()
        {
            if (_guard != 0)
            {
                Native.at_inference_leave(_guard);
                _guard = 0;
            }
        }
    }
}
