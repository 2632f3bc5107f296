// Optimizer, output layer, norms, gated activations: one pass over memory each.
#include <vector>

#include "kernels_isa.h"

namespace {

constexpr int64_t Block = 1 << 14;  // numbers of a piece of work
constexpr int64_t RowBlock = 64;    // rows whose weight gradients are summed before others are added

void adamw(float* p, const float* g, float* m, float* v, int64_t n, float decay, float beta1, float beta2, float step_size, float root_correction, float eps) {
  const float one1 = 1.0f - beta1, one2 = 1.0f - beta2;
#pragma omp parallel for schedule(static)
  for (int64_t from = 0; from < n; from += Block) {
    const int64_t to = from + Block < n ? from + Block : n;
#pragma omp simd
    for (int64_t i = from; i < to; i++) {
      const float gradient = g[i];
      const float first = beta1 * m[i] + one1 * gradient;
      const float second = beta2 * v[i] + one2 * (gradient * gradient);
      m[i] = first;
      v[i] = second;
      p[i] = p[i] * decay - step_size * (first / (std::sqrt(second) / root_correction + eps));
    }
  }
}

double sum_squares(const float* x, int64_t n) {
  const int64_t blocks = (n + Block - 1) / Block;
  std::vector<double> sums(blocks);
#pragma omp parallel for schedule(static)
  for (int64_t b = 0; b < blocks; b++) {
    const int64_t from = b * Block, to = from + Block < n ? from + Block : n;
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t i = from; i < to; i++) {
      sum += x[i] * x[i];
    }
    sums[b] = sum;
  }
  double total = 0;
  for (const double sum : sums) {
    total += sum;
  }
  return total;
}

template <typename T>
void head_statistics_of(const T* logits, const int64_t* targets, int64_t rows, int64_t vocabulary, float inverse_temperature, float* normalizers, float* log_probs, float* entropy,
                        uint8_t* correct, float* mean) {
#pragma omp parallel for schedule(static)
  for (int64_t row = 0; row < rows; row++) {
    const T* z = logits + row * vocabulary;
    float largest = -INFINITY;
#pragma omp simd reduction(max : largest)
    for (int64_t i = 0; i < vocabulary; i++) {
      const float value = load(z + i);
      largest = value > largest ? value : largest;
    }
    const float chosen = load(z + targets[row]);
    const float shift = largest * inverse_temperature;
    double sum = 0, weighted = 0, plain = 0;
    for (int64_t from = 0; from < vocabulary; from += 4096) {  // partial sums keep float32 exact enough
      const int64_t to = from + 4096 < vocabulary ? from + 4096 : vocabulary;
      float s = 0, w = 0, a = 0;
      if (entropy == nullptr) {
#pragma omp simd reduction(+ : s)
        for (int64_t i = from; i < to; i++) {
          s += exponential(load(z + i) * inverse_temperature - shift);
        }
      } else {
#pragma omp simd reduction(+ : s, w, a)
        for (int64_t i = from; i < to; i++) {
          const float value = load(z + i) * inverse_temperature - shift;
          const float e = exponential(value);
          s += e;
          w += e > 0 ? e * value : 0.0f;
          a += value;
        }
      }
      sum += s;
      weighted += w;
      plain += a;
    }
    const double logarithm = std::log(sum);
    normalizers[row] = static_cast<float>(shift + logarithm);
    log_probs[row] = static_cast<float>(static_cast<double>(chosen) * inverse_temperature - shift - logarithm);
    if (entropy != nullptr) {
      entropy[row] = static_cast<float>(logarithm - weighted / sum);
      mean[row] = static_cast<float>(plain / vocabulary + shift);
      bool first = chosen == largest;
      for (int64_t i = 0; first && i < targets[row]; i++) {
        first = load(z + i) != largest;
      }
      correct[row] = first;
    }
  }
}

void head_statistics(const void* logits, int32_t type, const int64_t* targets, int64_t rows, int64_t vocabulary, float inverse_temperature, float* normalizers, float* log_probs,
                     float* entropy, uint8_t* correct, float* mean) {
  if (type == 0) {
    head_statistics_of(static_cast<const float*>(logits), targets, rows, vocabulary, inverse_temperature, normalizers, log_probs, entropy, correct, mean);
  } else {
    head_statistics_of(static_cast<const bf16*>(logits), targets, rows, vocabulary, inverse_temperature, normalizers, log_probs, entropy, correct, mean);
  }
}

template <typename T>
void head_gradient_of(T* logits, const int64_t* targets, const float* normalizers, const float* upstream, int64_t rows, int64_t vocabulary, float inverse_temperature) {
#pragma omp parallel for schedule(static)
  for (int64_t row = 0; row < rows; row++) {
    T* z = logits + row * vocabulary;
    const float normalizer = normalizers[row], slope = upstream[row];
    const float chosen = exponential(load(z + targets[row]) * inverse_temperature - normalizer);
#pragma omp simd
    for (int64_t i = 0; i < vocabulary; i++) {
      store(z + i, -slope * exponential(load(z + i) * inverse_temperature - normalizer));
    }
    store(z + targets[row], slope - slope * chosen);
  }
}

void head_gradient(void* logits, int32_t type, const int64_t* targets, const float* normalizers, const float* upstream, int64_t rows, int64_t vocabulary, float inverse_temperature) {
  if (type == 0) {
    head_gradient_of(static_cast<float*>(logits), targets, normalizers, upstream, rows, vocabulary, inverse_temperature);
  } else {
    head_gradient_of(static_cast<bf16*>(logits), targets, normalizers, upstream, rows, vocabulary, inverse_temperature);
  }
}

template <typename T>
void rms_norm_of(const float* x, const float* weight, float offset, float eps, int64_t rows, int64_t width, T* y, float* inverse) {
#pragma omp parallel for schedule(static)
  for (int64_t row = 0; row < rows; row++) {
    const float* in = x + row * width;
    T* out = y + row * width;
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t i = 0; i < width; i++) {
      sum += in[i] * in[i];
    }
    const float factor = 1.0f / std::sqrt(sum / width + eps);
    inverse[row] = factor;
#pragma omp simd
    for (int64_t i = 0; i < width; i++) {
      store(out + i, in[i] * factor * (weight[i] + offset));
    }
  }
}

void rms_norm(const float* x, const float* weight, float offset, float eps, int64_t rows, int64_t width, void* y, int32_t type, float* inverse) {
  if (type == 0) {
    rms_norm_of(x, weight, offset, eps, rows, width, static_cast<float*>(y), inverse);
  } else {
    rms_norm_of(x, weight, offset, eps, rows, width, static_cast<bf16*>(y), inverse);
  }
}

// Sums over the rows, a block of rows after the other: total[width] = sum of blocks[b * width].
void add_blocks(const std::vector<float>& sums, int64_t blocks, int64_t width, float* total) {
  std::memset(total, 0, width * sizeof(float));
  for (int64_t b = 0; b < blocks; b++) {
    for (int64_t i = 0; i < width; i++) {
      total[i] += sums[b * width + i];
    }
  }
}

// dw [width] is written. y = x · r · w, r = (mean x² + ε)^-½: dx = r · (w · dy − x · r² · mean(w · dy · x)).
template <typename T>
void rms_norm_gradient_of(const float* x, const float* weight, float offset, const float* inverse, const T* dy, int64_t rows, int64_t width, float* dx, float* dw) {
  const int64_t blocks = (rows + RowBlock - 1) / RowBlock;
  std::vector<float> sums(blocks * width);
#pragma omp parallel for schedule(static)
  for (int64_t b = 0; b < blocks; b++) {
    float* sum = sums.data() + b * width;
    for (int64_t row = b * RowBlock; row < rows && row < (b + 1) * RowBlock; row++) {
      const float* in = x + row * width;
      const T* slope = dy + row * width;
      float* out = dx + row * width;
      const float factor = inverse[row];
      float dot = 0;
#pragma omp simd reduction(+ : dot)
      for (int64_t i = 0; i < width; i++) {
        dot += load(slope + i) * (weight[i] + offset) * in[i];
      }
      const float shared = dot * factor * factor / width;
#pragma omp simd
      for (int64_t i = 0; i < width; i++) {
        const float d = load(slope + i);
        out[i] = factor * (d * (weight[i] + offset) - in[i] * shared);
        sum[i] += d * in[i] * factor;
      }
    }
  }
  add_blocks(sums, blocks, width, dw);
}

void rms_norm_gradient(const float* x, const float* weight, float offset, const float* inverse, const void* dy, int32_t type, int64_t rows, int64_t width, float* dx, float* dw) {
  if (type == 0) {
    rms_norm_gradient_of(x, weight, offset, inverse, static_cast<const float*>(dy), rows, width, dx, dw);
  } else {
    rms_norm_gradient_of(x, weight, offset, inverse, static_cast<const bf16*>(dy), rows, width, dx, dw);
  }
}

template <typename T>
void layer_norm_of(const float* x, const float* weight, const float* bias, float eps, int64_t rows, int64_t width, T* y, float* mean, float* inverse) {
#pragma omp parallel for schedule(static)
  for (int64_t row = 0; row < rows; row++) {
    const float* in = x + row * width;
    T* out = y + row * width;
    float sum = 0, squares = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t i = 0; i < width; i++) {
      sum += in[i];
    }
    const float middle = sum / width;
#pragma omp simd reduction(+ : squares)
    for (int64_t i = 0; i < width; i++) {
      squares += (in[i] - middle) * (in[i] - middle);
    }
    const float factor = 1.0f / std::sqrt(squares / width + eps);
    mean[row] = middle;
    inverse[row] = factor;
#pragma omp simd
    for (int64_t i = 0; i < width; i++) {
      store(out + i, (in[i] - middle) * factor * weight[i] + bias[i]);
    }
  }
}

void layer_norm(const float* x, const float* weight, const float* bias, float eps, int64_t rows, int64_t width, void* y, int32_t type, float* mean, float* inverse) {
  if (type == 0) {
    layer_norm_of(x, weight, bias, eps, rows, width, static_cast<float*>(y), mean, inverse);
  } else {
    layer_norm_of(x, weight, bias, eps, rows, width, static_cast<bf16*>(y), mean, inverse);
  }
}

// dw and db [width] are written. y = z · w + b, z = (x − m) · r: dx = r · (w · dy − mean(w · dy) − z · mean(w · dy · z)).
template <typename T>
void layer_norm_gradient_of(const float* x, const float* weight, const float* mean, const float* inverse, const T* dy, int64_t rows, int64_t width, float* dx, float* dw, float* db) {
  const int64_t blocks = (rows + RowBlock - 1) / RowBlock;
  std::vector<float> scales(blocks * width), shifts(blocks * width);
#pragma omp parallel for schedule(static)
  for (int64_t b = 0; b < blocks; b++) {
    float *scale = scales.data() + b * width, *shift = shifts.data() + b * width;
    for (int64_t row = b * RowBlock; row < rows && row < (b + 1) * RowBlock; row++) {
      const float* in = x + row * width;
      const T* slope = dy + row * width;
      float* out = dx + row * width;
      const float middle = mean[row], factor = inverse[row];
      float plain = 0, dot = 0;
#pragma omp simd reduction(+ : plain, dot)
      for (int64_t i = 0; i < width; i++) {
        const float d = load(slope + i) * weight[i];
        plain += d;
        dot += d * (in[i] - middle);
      }
      const float even = plain / width, along = dot * factor * factor / width;
#pragma omp simd
      for (int64_t i = 0; i < width; i++) {
        const float d = load(slope + i), centred = in[i] - middle;
        out[i] = factor * (d * weight[i] - even - centred * along);
        scale[i] += d * centred * factor;
        shift[i] += d;
      }
    }
  }
  add_blocks(scales, blocks, width, dw);
  add_blocks(shifts, blocks, width, db);
}

void layer_norm_gradient(const float* x, const float* weight, const float* mean, const float* inverse, const void* dy, int32_t type, int64_t rows, int64_t width, float* dx, float* dw,
                         float* db) {
  if (type == 0) {
    layer_norm_gradient_of(x, weight, mean, inverse, static_cast<const float*>(dy), rows, width, dx, dw, db);
  } else {
    layer_norm_gradient_of(x, weight, mean, inverse, static_cast<const bf16*>(dy), rows, width, dx, dw, db);
  }
}

template <typename T>
void column_sums_of(const T* x, int64_t rows, int64_t width, float* total) {
  const int64_t blocks = (rows + RowBlock - 1) / RowBlock;
  std::vector<float> sums(blocks * width);
#pragma omp parallel for schedule(static)
  for (int64_t b = 0; b < blocks; b++) {
    float* sum = sums.data() + b * width;
    for (int64_t row = b * RowBlock; row < rows && row < (b + 1) * RowBlock; row++) {
      const T* in = x + row * width;
#pragma omp simd
      for (int64_t i = 0; i < width; i++) {
        sum[i] += load(in + i);
      }
    }
  }
  add_blocks(sums, blocks, width, total);
}

void column_sums(const void* x, int32_t type, int64_t rows, int64_t width, float* sums) {
  if (type == 0) {
    column_sums_of(static_cast<const float*>(x), rows, width, sums);
  } else {
    column_sums_of(static_cast<const bf16*>(x), rows, width, sums);
  }
}

// x · Φ(x), and its slope Φ(x) + x · φ(x): by the error function (Abramowitz and Stegun 7.1.26, 1.5 parts in 10^7), or x / (1 + e^-2u) with u = √(2/π) · (x + 0.044715 x³).
struct Gelu {
  float value, slope;
};

inline Gelu gelu_at(float x, bool by_tanh) {
  if (by_tanh) {
    const float cubic = 0.044715f * x * x;
    const float part = 1.0f / (1.0f + exponential(-1.5957691216f * x * (1.0f + cubic)));
    return {x * part, part + x * part * (1.0f - part) * 1.5957691216f * (1.0f + 3.0f * cubic)};
  }
  const float size = std::fabs(x) * 0.7071067812f;
  const float t = 1.0f / (1.0f + 0.3275911f * size);
  const float bell = exponential(-0.5f * x * x);
  const float tail = 0.5f * bell * t * (0.254829592f + t * (-0.284496736f + t * (1.421413741f + t * (-1.453152027f + t * 1.061405429f))));
  const float part = x > 0 ? 1.0f - tail : tail;
  return {x * part, part + x * bell * 0.3989422804f};
}

template <bool ByTanh, typename T>
void gelu_of(const T* x, int64_t n, T* y) {
#pragma omp parallel for schedule(static)
  for (int64_t from = 0; from < n; from += Block) {
    const int64_t to = from + Block < n ? from + Block : n;
#pragma omp simd
    for (int64_t i = from; i < to; i++) {
      store(y + i, gelu_at(load(x + i), ByTanh).value);
    }
  }
}

template <typename T>
void gelu_by(const T* x, int32_t by_tanh, int64_t n, T* y) {
  by_tanh ? gelu_of<true>(x, n, y) : gelu_of<false>(x, n, y);
}

void gelu(const void* x, int32_t type, int32_t by_tanh, int64_t n, void* y) {
  if (type == 0) {
    gelu_by(static_cast<const float*>(x), by_tanh, n, static_cast<float*>(y));
  } else {
    gelu_by(static_cast<const bf16*>(x), by_tanh, n, static_cast<bf16*>(y));
  }
}

template <bool ByTanh, typename T>
void gelu_gradient_of(const T* x, const T* dy, int64_t n, T* dx) {
#pragma omp parallel for schedule(static)
  for (int64_t from = 0; from < n; from += Block) {
    const int64_t to = from + Block < n ? from + Block : n;
#pragma omp simd
    for (int64_t i = from; i < to; i++) {
      store(dx + i, load(dy + i) * gelu_at(load(x + i), ByTanh).slope);
    }
  }
}

template <typename T>
void gelu_gradient_by(const T* x, const T* dy, int32_t by_tanh, int64_t n, T* dx) {
  by_tanh ? gelu_gradient_of<true>(x, dy, n, dx) : gelu_gradient_of<false>(x, dy, n, dx);
}

void gelu_gradient(const void* x, const void* dy, int32_t type, int32_t by_tanh, int64_t n, void* dx) {
  if (type == 0) {
    gelu_gradient_by(static_cast<const float*>(x), static_cast<const float*>(dy), by_tanh, n, static_cast<float*>(dx));
  } else {
    gelu_gradient_by(static_cast<const bf16*>(x), static_cast<const bf16*>(dy), by_tanh, n, static_cast<bf16*>(dx));
  }
}

template <typename T>
void gated_silu_of(const T* gate, const T* up, int64_t rows, int64_t width, int64_t stride, T* y) {
#pragma omp parallel for schedule(static)
  for (int64_t row = 0; row < rows; row++) {
    const T *g = gate + row * stride, *u = up + row * stride;
    T* out = y + row * width;
#pragma omp simd
    for (int64_t i = 0; i < width; i++) {
      const float value = load(g + i);
      store(out + i, value / (1.0f + exponential(-value)) * load(u + i));
    }
  }
}

void gated_silu(const void* gate, const void* up, int32_t type, int64_t rows, int64_t width, int64_t stride, void* y) {
  if (type == 0) {
    gated_silu_of(static_cast<const float*>(gate), static_cast<const float*>(up), rows, width, stride, static_cast<float*>(y));
  } else {
    gated_silu_of(static_cast<const bf16*>(gate), static_cast<const bf16*>(up), rows, width, stride, static_cast<bf16*>(y));
  }
}

// The gradients have the strides of gate and up.
template <typename T>
void gated_silu_gradient_of(const T* gate, const T* up, const T* dy, int64_t rows, int64_t width, int64_t stride, T* dgate, T* dup) {
#pragma omp parallel for schedule(static)
  for (int64_t row = 0; row < rows; row++) {
    const T *g = gate + row * stride, *u = up + row * stride, *slope = dy + row * width;
    T *dg = dgate + row * stride, *du = dup + row * stride;
#pragma omp simd
    for (int64_t i = 0; i < width; i++) {
      const float value = load(g + i), d = load(slope + i);
      const float sigmoid = 1.0f / (1.0f + exponential(-value));
      store(dg + i, d * load(u + i) * sigmoid * (1.0f + value * (1.0f - sigmoid)));
      store(du + i, d * value * sigmoid);
    }
  }
}

void gated_silu_gradient(const void* gate, const void* up, const void* dy, int32_t type, int64_t rows, int64_t width, int64_t stride, void* dgate, void* dup) {
  if (type == 0) {
    gated_silu_gradient_of(static_cast<const float*>(gate), static_cast<const float*>(up), static_cast<const float*>(dy), rows, width, stride, static_cast<float*>(dgate),
                           static_cast<float*>(dup));
  } else {
    gated_silu_gradient_of(static_cast<const bf16*>(gate), static_cast<const bf16*>(up), static_cast<const bf16*>(dy), rows, width, stride, static_cast<bf16*>(dgate),
                           static_cast<bf16*>(dup));
  }
}

}  // namespace

#include "kernels_attention.h"

namespace kernels {

const Table& KERNELS_ISA() {
  static const Table table{adamw,      sum_squares,         head_statistics, head_gradient, rms_norm,    rms_norm_gradient,   layer_norm, layer_norm_gradient,
                           gelu,       gelu_gradient,       column_sums,     gated_silu,    gated_silu_gradient, attention, attention_gradient};
  return table;
}

}  // namespace kernels
