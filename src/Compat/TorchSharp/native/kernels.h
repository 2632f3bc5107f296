// libalignment_kernels: loops over tensors' memory that libtorch has no single operator for. Plain C ABI, no libtorch inside; the
// callers check types, shapes and contiguity. Each function exists three times (AVX-512, AVX2, portable), products with AVX-512 only; the processor decides.
//
// Number types: 0 float32, 1 bfloat16. Work is split by rows, blocks or heads, never by threads: the same numbers come out whatever the number of threads.
#pragma once

#include <cstdint>

namespace kernels {

// Tokens lie in groups, one after another: a prefix, then the continuations that share it. A token sees the prefix, up to itself where it
// is in it, and its own continuation up to itself.
struct AttentionShape {
  int64_t tokens, heads, key_heads, head_size, rotary;  // q [tokens, heads, head_size], k and v [tokens, key_heads, head_size]; rotary: elements of a head that turn, 0 = none
  int32_t type;
  float scale;
  const float *cos, *sin;   // [tokens, rotary / 2]
  const int64_t* groups;    // how many groups, then for each: start, prefix, continuations, their lengths
  int64_t query_stride, key_stride, head_stride;  // elements from token to token of q, of k and v, and from head to head; so lie their gradients, too

  int64_t query(int64_t token, int64_t head) const { return token * query_stride + head * head_stride; }
  int64_t key(int64_t token, int64_t head) const { return token * key_stride + head * head_stride; }
};

// c[rows, columns] = a · b, + bias, + added. Rows of c and `added` lie c_stride apart; `added` may be c itself where that is float32.
struct ProductShape {
  int64_t rows, columns, depth;  // 1 at least
  const void* a;        // a(m, k) = a[m * a_stride + k], transposed a[k * a_stride + m]; its type is that of the products
  const void* b;        // b(k, n) = b[k * b_stride + n], transposed b[n * b_stride + k]; of a's type or float32
  void* c;
  const float* bias;    // [columns] or null
  const float* added;   // or null
  int64_t a_stride, b_stride, c_stride;
  int32_t a_transposed, b_transposed, a_type, b_type, c_type;
};

struct Table {
  void (*adamw)(float* p, const float* g, float* m, float* v, int64_t n, float decay, float beta1, float beta2, float step_size, float root_correction, float eps);
  double (*sum_squares)(const float* x, int64_t n);
  void (*head_statistics)(const void* logits, int32_t type, const int64_t* targets, int64_t rows, int64_t vocabulary, float inverse_temperature, float* normalizers,
                          float* log_probs, float* entropy, uint8_t* correct, float* mean);
  void (*head_gradient)(void* logits, int32_t type, const int64_t* targets, const float* normalizers, const float* upstream, int64_t rows, int64_t vocabulary, float inverse_temperature);
  void (*rms_norm)(const float* x, const float* weight, float offset, float eps, int64_t rows, int64_t width, void* y, int32_t type, float* inverse);
  void (*rms_norm_gradient)(const float* x, const float* weight, float offset, const float* inverse, const void* dy, int32_t type, int64_t rows, int64_t width, float* dx, float* dw);
  void (*layer_norm)(const float* x, const float* weight, const float* bias, float eps, int64_t rows, int64_t width, void* y, int32_t type, float* mean, float* inverse);
  void (*layer_norm_gradient)(const float* x, const float* weight, const float* mean, const float* inverse, const void* dy, int32_t type, int64_t rows, int64_t width, float* dx,
                              float* dw, float* db);
  void (*gelu)(const void* x, int32_t type, int32_t by_tanh, int64_t n, void* y);
  void (*gelu_gradient)(const void* x, const void* dy, int32_t type, int32_t by_tanh, int64_t n, void* dx);
  void (*column_sums)(const void* x, int32_t type, int64_t rows, int64_t width, float* sums);
  void (*gated_silu)(const void* gate, const void* up, int32_t type, int64_t rows, int64_t width, int64_t stride, void* y);
  void (*gated_silu_gradient)(const void* gate, const void* up, const void* dy, int32_t type, int64_t rows, int64_t width, int64_t stride, void* dgate, void* dup);
  void (*attention)(const AttentionShape* shape, const void* q, const void* k, const void* v, void* out, float* normalizers);
  void (*attention_gradient)(const AttentionShape* shape, const void* q, const void* k, const void* v, const void* out, const float* normalizers, const void* dout, void* dq, void* dk, void* dv);
};

// Only where the processor has AVX-512; those of bfloat16 only where it has dot products of its pairs besides.
void product_f32(const ProductShape& shape);
void product_bf16(const ProductShape& shape);
void attention_f32(const AttentionShape& shape, const void* q, const void* k, const void* v, void* out, float* normalizers);
void attention_bf16(const AttentionShape& shape, const void* q, const void* k, const void* v, void* out, float* normalizers);
void attention_gradient_f32(const AttentionShape& shape, const void* q, const void* k, const void* v, const void* out, const float* normalizers, const void* dout, void* dq, void* dk,
                            void* dv);
void attention_gradient_bf16(const AttentionShape& shape, const void* q, const void* k, const void* v, const void* out, const float* normalizers, const void* dout, void* dq, void* dk,
                             void* dv);

const Table& portable();
const Table& avx2();
const Table& avx512();

}  // namespace kernels
