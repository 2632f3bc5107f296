// libalignment_kernels: loops over tensors' memory that libtorch has no single operator for. Plain C ABI, no libtorch inside; the
// callers check types, shapes and contiguity. Each function exists three times (AVX-512, AVX2, portable); the processor decides.
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
};

struct Table {
  void (*adamw)(float* p, const float* g, float* m, float* v, int64_t n, float decay, float beta1, float beta2, float step_size, float root_correction, float eps);
  double (*sum_squares)(const float* x, int64_t n);
  void (*head_statistics)(const void* logits, int32_t type, const int64_t* targets, int64_t rows, int64_t vocabulary, float inverse_temperature, float* normalizers,
                          float* log_probs, float* entropy, uint8_t* correct, float* mean);
  void (*head_gradient)(void* logits, int32_t type, const int64_t* targets, const float* normalizers, const float* upstream, int64_t rows, int64_t vocabulary, float inverse_temperature);
  void (*rms_norm)(const float* x, const float* weight, float offset, float eps, int64_t rows, int64_t width, void* y, int32_t type, float* inverse);
  void (*rms_norm_gradient)(const float* x, const float* weight, float offset, const float* inverse, const void* dy, int32_t type, int64_t rows, int64_t width, float* dx, float* dw);
  void (*gated_silu)(const void* gate, const void* up, int32_t type, int64_t rows, int64_t width, int64_t stride, void* y);
  void (*gated_silu_gradient)(const void* gate, const void* up, const void* dy, int32_t type, int64_t rows, int64_t width, int64_t stride, void* dgate, void* dup);
  void (*attention)(const AttentionShape* shape, const void* q, const void* k, const void* v, void* out, float* normalizers);
  void (*attention_gradient)(const AttentionShape* shape, const void* q, const void* k, const void* v, const void* out, const float* normalizers, const void* dout, void* dq, void* dk, void* dv);
};

const Table& portable();
const Table& avx2();
const Table& avx512();

}  // namespace kernels
