namespace TorchSharp;

public static partial class torch
{
    /// <summary>One reference to a libtorch tensor, let go by Dispose, by its scope, or else by the finalizer.</summary>
    public unsafe partial class Tensor : IDisposable
    {
        private static long s_totalCount;
        private static long s_peakCount;
        private IntPtr _handle;

        /// <summary>Takes over an owned handle; the tensor belongs to the thread's innermost scope.</summary>
        internal Tensor(IntPtr handle)
        {
            _handle = handle;
            CountCreation();
            DisposeScopeManager.OfThread.Register(this);
        }

        /// <summary>Takes the data's handle and its place in its scope; data is left empty.</summary>
        private protected Tensor(Tensor data)
        {
            _handle = data.Handle;
            data._handle = 0;
            GC.SuppressFinalize(data);
            data.OwningDisposeScope?.Replace(data, this);
        }

        ~Tensor() => Dispose(false);

        /// <summary>How many tensors are alive, on all threads.</summary>
        public static long TotalCount => Interlocked.Read(ref s_totalCount);

        public static long PeakCount => Interlocked.Read(ref s_peakCount);

        public IntPtr Handle => _handle != 0 ? _handle : throw new InvalidOperationException("Tensor invalid -- empty handle. It was disposed, or its data moved to another object.");

        public bool IsInvalid => _handle == 0;

        internal DisposeScope? OwningDisposeScope { get; set; }

        public void Dispose()
        {
            if (OwningDisposeScope is { } scope)
            {
                scope.MarkAsDisposed(this);
            }
            else if (_handle != 0)
            {
                DisposeScopeManager.Statistics.CountDisposedOutside();
            }

            DisposeUncounted();
        }

        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.OwningDisposeScope);

        public Tensor MoveToOtherDisposeScope(DisposeScope? other)
        {
            if (OwningDisposeScope is { } scope)
            {
                scope.MoveToOther(other, this);
            }
            else
            {
                other?.Attach(this);
            }

            return this;
        }

        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        internal void DisposeUncounted()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        /// <summary>This object stands for another libtorch tensor from now on.</summary>
        internal void Become(IntPtr handle)
        {
            var old = Handle;
            _handle = handle;
            Native.at_tensor_free(old);
        }

        /// <summary>A further object for the same libtorch tensor.</summary>
        internal Tensor Share()
        {
            var handle = Handle;
            Native.at_tensor_share(handle);
            GC.KeepAlive(this);
            return new Tensor(handle);
        }

        protected virtual void Dispose(bool disposing)
        {
            var handle = Interlocked.Exchange(ref _handle, 0);
            if (handle != 0)
            {
                Interlocked.Decrement(ref s_totalCount);
                Native.at_tensor_free(handle);
            }
        }

        private static void CountCreation()
        {
            var count = Interlocked.Increment(ref s_totalCount);
            for (var peak = Interlocked.Read(ref s_peakCount); count > peak; peak = Interlocked.Read(ref s_peakCount))
            {
                if (Interlocked.CompareExchange(ref s_peakCount, count, peak) == peak)
                {
                    return;
                }
            }
        }
    }
}
