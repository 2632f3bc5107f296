using System.Diagnostics.CodeAnalysis;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace TorchSharp.Modules
{
    /// <summary>A table of vectors, drawn from N(0, 1), looked up by Int64 indices.</summary>
    public sealed class Embedding : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        private static readonly Op Lookup = Op.Find("embedding");
        private static readonly Op Renormalize = Op.Find("embedding_renorm_");

        private readonly long _paddingIndex;
        private readonly (double Max, double Type)? _norm;
        private readonly bool _scaleGradByFrequency;
        private readonly bool _sparse;

        [ComponentName(Name = nameof(weight))]
        private Parameter _weight;

        internal Embedding(Parameter weight, long paddingIndex, (double Max, double Type)? norm, bool scaleGradByFrequency, bool sparse)
            : base(nameof(Embedding))
        {
            weight.DetachFromDisposeScope();
            _weight = weight;
            _paddingIndex = paddingIndex;
            _norm = norm;
            _scaleGradByFrequency = scaleGradByFrequency;
            _sparse = sparse;
            RegisterComponents();
        }

        [DisallowNull]
        public Parameter? weight
        {
            get => _weight;
            set => ReplaceParameter(nameof(weight), ref _weight!, value);
        }

        public override torch.Tensor forward(torch.Tensor input)
        {
            if (_norm is { } norm)
            {
                using var gradless = torch.no_grad();
                using var flat = input.contiguous();
                Renormalize.CallVoid(_weight, flat, norm.Max, norm.Type);
            }

            return Lookup.Call(_weight, input, _paddingIndex, _scaleGradByFrequency, _sparse);
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Embedding Embedding(
                long num_embeddings, long embedding_dims, long? padding_idx = null, double? max_norm = null, double norm_type = 2.0,
                bool scale_grad_by_freq = false, bool sparse = false, Device? device = null, ScalarType? dtype = null)
            {
                var padding = Padding(padding_idx, num_embeddings);
                var weight = new Parameter(torch.empty([num_embeddings, embedding_dims], dtype: dtype, device: device));
                init.normal_(weight);
                if (padding >= 0)
                {
                    using var gradless = no_grad();
                    using var row = weight.narrow(0, padding, 1);
                    row.zero_();
                }

                return new Embedding(weight, padding, max_norm is { } max ? (max, norm_type) : null, scale_grad_by_freq, sparse);
            }

            public static Embedding Embedding_from_pretrained(
                Tensor embeddings, bool freeze = true, long? padding_idx = null, double? max_norm = null, double norm_type = 2,
                bool scale_grad_by_freq = false, bool sparse = false, Device? device = null, ScalarType? dtype = null)
            {
                var weight = new Parameter(embeddings.to(dtype ?? embeddings.dtype, device ?? embeddings.device), requires_grad: !freeze);
                return new Embedding(weight, Padding(padding_idx, weight.size(0)), max_norm is { } max ? (max, norm_type) : null, scale_grad_by_freq, sparse);
            }

            private static long Padding(long? padding_idx, long num_embeddings)
            {
                var padding = padding_idx is { } index ? (index < 0 ? index + num_embeddings : index) : -1;
                return padding_idx == null || (padding >= 0 && padding < num_embeddings)
                    ? padding
                    : throw new ArgumentOutOfRangeException(nameof(padding_idx), padding_idx, $"padding_idx must be within {num_embeddings} embeddings.");
            }
        }
    }
}
