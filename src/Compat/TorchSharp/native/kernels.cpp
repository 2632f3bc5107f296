// The exported functions and the choice between their three builds.
#include "kernels.h"

#ifdef KERNELS_X86
#include <cpuid.h>
#endif

#define AK_EXPORT extern "C" __attribute__((visibility("default")))

namespace {

const kernels::Table& table() {
#ifdef KERNELS_X86
  static const kernels::Table& chosen = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")
                                            ? kernels::avx512()
                                        : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? kernels::avx2()
                                                                                                          : kernels::portable();
  return chosen;
#else
  return kernels::portable();
#endif
}

const kernels::Table* forced = nullptr;

const kernels::Table& use() {
  return forced != nullptr ? *forced : table();
}

// Whether this processor has dot products of bfloat16 pairs.
bool has_pairs() {
#ifdef KERNELS_BF16
  static const bool has = __builtin_cpu_supports("avx512bf16");
  return has && &use() == &kernels::avx512();
#else
  return false;
#endif
}

#ifdef KERNELS_X86
// Whether it has products of bfloat16 tiles (AMX-BF16), and the system keeps their registers.
bool has_tiles() {
  static const bool has = [] {
    unsigned a = 0, b = 0, c = 0, d = 0;
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0 || (d >> 22 & 1) == 0 || __get_cpuid(1, &a, &b, &c, &d) == 0 || (c >> 27 & 1) == 0) {
      return false;
    }
    unsigned low = 0, high = 0;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (low >> 17 & 3) == 3;
  }();
  return has;
}
#endif

}  // namespace

// level: 0 the best for this processor, 1 portable, 2 AVX2, 3 AVX-512. For tests. Returns 0 where the processor cannot.
AK_EXPORT int32_t ak_use(int32_t level) {
#ifdef KERNELS_X86
  if ((level == 2 && !(__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))) || (level == 3 && &table() != &kernels::avx512())) {
    return 0;
  }
  forced = level == 0 ? nullptr : level == 1 ? &kernels::portable() : level == 2 ? &kernels::avx2() : &kernels::avx512();
  return 1;
#else
  return level <= 1;
#endif
}

AK_EXPORT void ak_adamw(float* p, const float* g, float* m, float* v, int64_t n, float decay, float beta1, float beta2, float step_size, float root_correction, float eps) {
  use().adamw(p, g, m, v, n, decay, beta1, beta2, step_size, root_correction, eps);
}

AK_EXPORT double ak_sum_squares(const float* x, int64_t n) {
  return use().sum_squares(x, n);
}

AK_EXPORT void ak_head_statistics(const void* logits, int32_t type, const int64_t* targets, int64_t rows, int64_t vocabulary, float inverse_temperature, float* normalizers,
                                  float* log_probs, float* entropy, uint8_t* correct, float* mean) {
  use().head_statistics(logits, type, targets, rows, vocabulary, inverse_temperature, normalizers, log_probs, entropy, correct, mean);
}

AK_EXPORT void ak_head_gradient(void* logits, int32_t type, const int64_t* targets, const float* normalizers, const float* upstream, int64_t rows, int64_t vocabulary,
                                float inverse_temperature) {
  use().head_gradient(logits, type, targets, normalizers, upstream, rows, vocabulary, inverse_temperature);
}

AK_EXPORT void ak_rms_norm(const float* x, const float* weight, float offset, float eps, int64_t rows, int64_t width, void* y, int32_t type, float* inverse) {
  use().rms_norm(x, weight, offset, eps, rows, width, y, type, inverse);
}

AK_EXPORT void ak_rms_norm_gradient(const float* x, const float* weight, float offset, const float* inverse, const void* dy, int32_t type, int64_t rows, int64_t width, float* dx,
                                    float* dw) {
  use().rms_norm_gradient(x, weight, offset, inverse, dy, type, rows, width, dx, dw);
}

AK_EXPORT void ak_layer_norm(const float* x, const float* weight, const float* bias, float eps, int64_t rows, int64_t width, void* y, int32_t type, float* mean, float* inverse) {
  use().layer_norm(x, weight, bias, eps, rows, width, y, type, mean, inverse);
}

AK_EXPORT void ak_layer_norm_gradient(const float* x, const float* weight, const float* mean, const float* inverse, const void* dy, int32_t type, int64_t rows, int64_t width,
                                      float* dx, float* dw, float* db) {
  use().layer_norm_gradient(x, weight, mean, inverse, dy, type, rows, width, dx, dw, db);
}

AK_EXPORT void ak_gelu(const void* x, int32_t type, int32_t by_tanh, int64_t n, void* y) {
  use().gelu(x, type, by_tanh, n, y);
}

AK_EXPORT void ak_gelu_gradient(const void* x, const void* dy, int32_t type, int32_t by_tanh, int64_t n, void* dx) {
  use().gelu_gradient(x, dy, type, by_tanh, n, dx);
}

AK_EXPORT void ak_column_sums(const void* x, int32_t type, int64_t rows, int64_t width, float* sums) {
  use().column_sums(x, type, rows, width, sums);
}

// Whether this processor can do products of a type faster than libtorch: oneDNN's bfloat16 ones are several times as fast where it has tiles (AMX).
AK_EXPORT int32_t ak_has_products(int32_t type) {
#ifdef KERNELS_X86
  return type == 0 ? &use() == &kernels::avx512() : has_pairs() && !has_tiles();
#else
  return 0;
#endif
}

AK_EXPORT void ak_product(const kernels::ProductShape* shape) {
#ifdef KERNELS_BF16
  if (shape->a_type == 1) {
    kernels::product_bf16(*shape);
    return;
  }
#endif
#ifdef KERNELS_X86
  kernels::product_f32(*shape);
#endif
}

AK_EXPORT void ak_gated_silu(const void* gate, const void* up, int32_t type, int64_t rows, int64_t width, int64_t stride, void* y) {
  use().gated_silu(gate, up, type, rows, width, stride, y);
}

AK_EXPORT void ak_gated_silu_gradient(const void* gate, const void* up, const void* dy, int32_t type, int64_t rows, int64_t width, int64_t stride, void* dgate, void* dup) {
  use().gated_silu_gradient(gate, up, dy, type, rows, width, stride, dgate, dup);
}

AK_EXPORT void ak_attention(const kernels::AttentionShape* shape, const void* q, const void* k, const void* v, void* out, float* normalizers) {
#ifdef KERNELS_BF16
  if (shape->type == 1 && has_pairs()) {
    kernels::attention_bf16(*shape, q, k, v, out, normalizers);
    return;
  }
#endif
#ifdef KERNELS_X86
  if (shape->type == 0 && &use() == &kernels::avx512()) {
    kernels::attention_f32(*shape, q, k, v, out, normalizers);
    return;
  }
#endif
  use().attention(shape, q, k, v, out, normalizers);
}

AK_EXPORT void ak_attention_gradient(const kernels::AttentionShape* shape, const void* q, const void* k, const void* v, const void* out, const float* normalizers, const void* dout,
                                     void* dq, void* dk, void* dv) {
#ifdef KERNELS_BF16
  if (shape->type == 1 && has_pairs()) {
    kernels::attention_gradient_bf16(*shape, q, k, v, out, normalizers, dout, dq, dk, dv);
    return;
  }
#endif
#ifdef KERNELS_X86
  if (shape->type == 0 && &use() == &kernels::avx512()) {
    kernels::attention_gradient_f32(*shape, q, k, v, out, normalizers, dout, dq, dk, dv);
    return;
  }
#endif
  use().attention_gradient(shape, q, k, v, out, normalizers, dout, dq, dk, dv);
}
