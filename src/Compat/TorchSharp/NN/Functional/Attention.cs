namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            // libtorch 2.x has the operator; 1.13 gets the same formula out of others.
            private static readonly Op? AttentionOp = Op.FindIfThere("scaled_dot_product_attention");

            /// <summary>softmax(q kᵀ / √d + mask) v. A bool mask is true where a key may be attended; a query without any gets zeros.</summary>
            public static Tensor scaled_dot_product_attention(
                Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null, double p = 0.0, bool is_casual = false) =>
                AttentionOp is { } op
                    ? op.Call(query, key, value, attn_mask, p, is_casual)
                    : ComposedAttention(query, key, value, attn_mask, p, is_casual);

            internal static Tensor ComposedAttention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask, double p, bool is_casual)
            {
                if (attn_mask is not null && is_casual)
                {
                    throw new ArgumentException("scaled_dot_product_attention takes an attn_mask or is_casual, not both.", nameof(attn_mask));
                }

                if (attn_mask is not null && attn_mask.dtype != ScalarType.Bool && attn_mask.dtype != query.dtype)
                {
                    throw new ArgumentException($"A mask that is added has the queries' type, {query.dtype}, not {attn_mask.dtype}.", nameof(attn_mask)); // so says libtorch 2.x
                }

                using var scope = NewDisposeScope();
                var scores = (query * (1 / Math.Sqrt(query.shape[^1]))).matmul(key.transpose(-2, -1)); // [..., L, S]
                Tensor? blocked = null;
                if (is_casual)
                {
                    blocked = ones([scores.shape[^2], scores.shape[^1]], dtype: ScalarType.Bool, device: scores.device).triu(1);
                }
                else if (attn_mask is not null)
                {
                    blocked = attn_mask.dtype == ScalarType.Bool ? attn_mask.logical_not() : attn_mask.eq(double.NegativeInfinity);
                    if (attn_mask.dtype != ScalarType.Bool)
                    {
                        scores = scores.add(attn_mask);
                    }
                }

                if (blocked is not null)
                {
                    scores.masked_fill_(blocked, double.NegativeInfinity);
                }

                var weights = softmax(scores, -1);
                if (attn_mask is not null)
                {
                    weights = weights.masked_fill(blocked!.all(-1, keepdim: true), 0); // softmax over nothing is NaN
                }

                return dropout(weights, p, p > 0).matmul(value).MoveToOuterDisposeScope();
            }
        }
    }
}
