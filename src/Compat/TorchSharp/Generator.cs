namespace TorchSharp;

public static partial class torch
{
    /// <summary>A stream of random numbers: its seed and its state.</summary>
    public unsafe class Generator : IDisposable
    {
        private IntPtr _handle;

        public Generator(ulong seed = 0, Device? device = null)
        {
            this.device = device ?? CPU;
            IntPtr handle;
            Native.Check(Native.at_generator_new(seed, this.device.Packed, &handle));
            _handle = handle;
        }

        private Generator(Device device, IntPtr handle)
        {
            this.device = device;
            _handle = handle;
        }

        ~Generator() => Dispose(false);

        public static Generator Default => DefaultOf(CPU);

        public IntPtr Handle => _handle != 0 ? _handle : throw new InvalidOperationException("The generator is disposed.");

        public Device device { get; }

        public Tensor get_state()
        {
            IntPtr state;
            Native.Check(Native.at_generator_get_state(Handle, &state));
            GC.KeepAlive(this);
            return new Tensor(state);
        }

        public void set_state(Tensor value)
        {
            Native.Check(Native.at_generator_set_state(Handle, value.Handle));
            GC.KeepAlive(this);
            GC.KeepAlive(value);
        }

        public Generator manual_seed(long seed)
        {
            Seed(SeedRequest.Set, (ulong)seed);
            return this;
        }

        public long seed() => Seed(SeedRequest.Reseed);

        public long initial_seed() => Seed(SeedRequest.Get);

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        internal static Generator DefaultOf(Device device)
        {
            IntPtr handle;
            Native.Check(Native.at_generator_default(device.Packed, &handle));
            return new Generator(device, handle);
        }

        protected virtual void Dispose(bool disposing)
        {
            var handle = Interlocked.Exchange(ref _handle, 0);
            if (handle != 0)
            {
                Native.at_generator_free(handle);
            }
        }

        private long Seed(SeedRequest what, ulong value = 0)
        {
            Native.Check(Native.at_generator_seed(Handle, what, &value));
            GC.KeepAlive(this);
            return (long)value;
        }
    }

    public static Generator manual_seed(long seed)
    {
        Native.Check(Native.at_manual_seed((ulong)seed));
        return Generator.Default;
    }
}
