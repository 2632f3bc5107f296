using System.Runtime.CompilerServices;

namespace TorchSharp;

public static partial class torch
{
    /// <content>Indexers; reading gives views where libtorch can, writing changes this tensor.</content>
    public partial class Tensor
    {
        private static readonly Op IndexTensorOp = Op.Find("index", "Tensor");
        private static readonly Op IndexPutInPlaceOp = Op.Find("index_put_");
        private static readonly Op SliceRangeOp = Op.Find("slice", "Tensor");

        [IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params long[] indices]
        {
            get => index(Singles(indices));
            set => index_put_(value, Singles(indices));
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => select(0, i1);
            set => index_put_(value, Singles(i1));
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => index(Singles(i1, i2));
            set => index_put_(value, Singles(i1, i2));
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3]
        {
            get => index(Singles(i1, i2, i3));
            set => index_put_(value, Singles(i1, i2, i3));
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4]
        {
            get => index(Singles(i1, i2, i3, i4));
            set => index_put_(value, Singles(i1, i2, i3, i4));
        }

        public Tensor index(params TensorIndex[] indices)
        {
            using var view = View(indices, out var tensors);
            using (tensors)
            {
                return tensors.IsEmpty ? view.Share() : IndexTensorOp.Call(view, tensors.ToArray());
            }
        }

        public Tensor index(params Tensor[] indices) => IndexTensorOp.Call(this, indices);

        public Tensor index_put_(Tensor value, params TensorIndex[] indices) => index_put_(value, indices, false);

        public Tensor index_put_(Tensor value, TensorIndex[] indices, bool accumulate = false)
        {
            using var view = View(indices, out var tensors);
            using (tensors)
            {
                if (!tensors.IsEmpty)
                {
                    IndexPutInPlaceOp.CallVoid(view, tensors.ToArray(), value, accumulate);
                }
                else if (accumulate)
                {
                    view.add_(value);
                }
                else
                {
                    CopyTo(view, value);
                }
            }

            return this;
        }

        public Tensor index_put_(Tensor value, params Tensor[] indices) => index_put_(value, indices, false);

        public Tensor index_put_(Tensor value, Tensor[] indices, bool accumulate = false) => IndexPutInPlaceOp.CallInPlace(this, indices, value, accumulate);

        public Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            using var full = torch.full([], value, dtype, device);
            return index_put_(full, indices);
        }

        public Tensor index_put_(Scalar value, params Tensor[] indices)
        {
            using var full = torch.full([], value, dtype, device);
            return index_put_(full, indices);
        }

        private static TensorIndex[] Singles(params long[] indices) => Array.ConvertAll(indices, i => (TensorIndex)i);

        /// <summary>Copies with broadcasting; like numpy, leading dimensions of length 1 that the target lacks are dropped.</summary>
        private static void CopyTo(Tensor target, Tensor value)
        {
            var extra = value.Dimensions - target.Dimensions;
            if (extra <= 0)
            {
                target.copy_(value);
                return;
            }

            using var flat = value.view(value.shape.SkipWhile((length, d) => d < extra && length == 1).ToArray());
            target.copy_(flat);
        }

        /// <summary>Applies numbers, slices, None and the ellipsis; what needs a gather is left in `tensors`, by dimension.</summary>
        private Tensor View(TensorIndex[] indices, out IndexTensors tensors)
        {
            tensors = new IndexTensors();
            var view = Share();
            var dim = 0;
            foreach (var place in indices)
            {
                switch (place.Kind)
                {
                    case TensorIndex.IndexKind.Single:
                        Step(ref view, view.select(dim, place.Start ?? 0));
                        break;
                    case TensorIndex.IndexKind.Slice:
                        Step(ref view, SliceRangeOp.Call(view, dim++, place.Start, place.Stop, place.Step ?? 1));
                        break;
                    case TensorIndex.IndexKind.None:
                        Step(ref view, view.unsqueeze(dim++));
                        break;
                    case TensorIndex.IndexKind.Ellipsis:
                        dim += (int)Dimensions - indices.Sum(Consumed);
                        break;
                    case TensorIndex.IndexKind.Bool:
                        Step(ref view, view.unsqueeze(dim));
                        tensors.Add(dim++, place.Start == 1 ? torch.zeros([1], ScalarType.Int64, device) : torch.empty([0], ScalarType.Int64, device));
                        break;
                    case TensorIndex.IndexKind.Tensor:
                        dim = Gather(ref view, dim, place.Target!, tensors);
                        break;
                }
            }

            return view;
        }

        private static int Consumed(TensorIndex place) => place.Kind switch
        {
            TensorIndex.IndexKind.Single or TensorIndex.IndexKind.Slice => 1,
            TensorIndex.IndexKind.Tensor => place.Target!.dtype == ScalarType.Bool ? (int)place.Target.Dimensions : 1,
            _ => 0,
        };

        private static int Gather(ref Tensor view, int dim, Tensor chosen, IndexTensors tensors)
        {
            if (chosen.dtype == ScalarType.Bool && chosen.Dimensions > 1)
            {
                using var positions = chosen.nonzero();
                foreach (var position in positions.unbind(1))
                {
                    tensors.Add(dim++, position);
                }

                return dim;
            }

            if (chosen.Dimensions == 0 && chosen.dtype != ScalarType.Bool)
            {
                Step(ref view, view.select(dim, chosen.ToInt64()));
                return dim;
            }

            tensors.Add(dim, chosen.Share());
            return dim + 1;
        }

        private static void Step(ref Tensor view, Tensor next)
        {
            view.Dispose();
            view = next;
        }

        /// <summary>Index tensors by dimension, null where none is.</summary>
        private sealed class IndexTensors : IDisposable
        {
            private readonly List<Tensor?> _tensors = [];

            public bool IsEmpty => _tensors.Count == 0;

            public void Add(int dim, Tensor tensor)
            {
                while (_tensors.Count < dim)
                {
                    _tensors.Add(null);
                }

                _tensors.Add(tensor);
            }

            public Tensor?[] ToArray() => [.. _tensors];

            public void Dispose() => _tensors.ForEach(tensor => tensor?.Dispose());
        }
    }
}
