namespace TorchSharp;

public static partial class torch
{
    public static partial class autograd
    {
        /// <summary>What a custom function's forward leaves for its backward.</summary>
        public unsafe class AutogradContext : IDisposable
        {
            private const int MostSpare = 4096;
            private static readonly List<Tensor> None = [];
            private static readonly Stack<AutogradContext> Spare = new();

            private readonly List<Tensor> _unpacked = [];
            private (string Key, object Value)[] _data = new (string, object)[1]; // one or two, as a rule
            private int _dataCount;

            private AutogradContext()
            {
            }

            public bool MaterializeGrads { get; private set; } = true;

            /// <summary>Whose call this is.</summary>
            internal ICustomFunction Function { get; private set; } = null!;

            internal List<Tensor> Saved { get; private set; } = None;

            internal List<Tensor> Dirty { get; private set; } = None;

            internal List<Tensor> NonDifferentiable { get; private set; } = None;

            /// <summary>The node of the running backward; 0 outside of one.</summary>
            internal IntPtr Node { get; set; }

            /// <summary>Within backward: gradients that are missing come as zeros (true, the default) or as null.</summary>
            public void set_materialize_grads(bool value) => MaterializeGrads = value;

            public void save_for_backward(List<Tensor> tensors) => Saved = tensors;

            /// <summary>Within backward: the saved tensors, checked for changes since they were saved.</summary>
            public List<Tensor> get_saved_variables()
            {
                if (Node == 0)
                {
                    throw new InvalidOperationException("Saved tensors can only be had within the function's backward.");
                }

                int count;
                Native.Check(Native.at_function_saved(Node, null, 0, &count));
                var handles = stackalloc IntPtr[count];
                Native.Check(Native.at_function_saved(Node, handles, count, &count));
                var tensors = _unpacked.Count == 0 ? _unpacked : new List<Tensor>(count);
                for (var k = 0; k < count; k++)
                {
                    tensors.Add(handles[k] == 0 ? null! : new Tensor(handles[k]));
                }

                return tensors;
            }

            public void mark_dirty(List<Tensor> tensors) => Dirty = tensors;

            public void mark_non_differentiable(List<Tensor> tensors) => NonDifferentiable = tensors;

            public void save_data(string key, object value)
            {
                for (var k = 0; k < _dataCount; k++)
                {
                    if (_data[k].Key == key)
                    {
                        _data[k].Value = value;
                        return;
                    }
                }

                if (_dataCount == _data.Length)
                {
                    Array.Resize(ref _data, 2 * _dataCount);
                }

                _data[_dataCount++] = (key, value);
            }

            public object get_data(string key)
            {
                foreach (var (name, value) in _data.AsSpan(0, _dataCount))
                {
                    if (name == key)
                    {
                        return value;
                    }
                }

                throw new KeyNotFoundException($"Nothing was saved as '{key}'.");
            }

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            /// <summary>The context of a call: one that an earlier call has done with, where there is one. A step has a hundred of them.</summary>
            internal static AutogradContext Rent(ICustomFunction function)
            {
                AutogradContext? context;
                lock (Spare)
                {
                    Spare.TryPop(out context);
                }

                context ??= new AutogradContext();
                context.Function = function;
                return context;
            }

            /// <summary>Nothing refers to the call any more; on whatever thread the graph went.</summary>
            internal void Return()
            {
                Dispose(true);
                (Function, MaterializeGrads, Node) = (null!, true, 0);
                lock (Spare)
                {
                    if (Spare.Count < MostSpare)
                    {
                        Spare.Push(this);
                    }
                }
            }

            /// <summary>Forward is over: the graph holds the tensors now.</summary>
            internal void ReleaseForwardTensors() => (Saved, Dirty, NonDifferentiable) = (None, None, None);

            /// <summary>Backward is over: the list of saved tensors may be filled again.</summary>
            internal void ReleaseUnpacked() => _unpacked.Clear();

            protected virtual void Dispose(bool disposing)
            {
                ReleaseForwardTensors();
                ReleaseUnpacked();
                _data.AsSpan(0, _dataCount).Clear();
                _dataCount = 0;
            }
        }
    }
}
