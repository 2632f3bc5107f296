// Products of bfloat16 numbers with float32 sums: how a right matrix is laid out, and the tile. Only for builds with AVX512_BF16.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <new>

#include <immintrin.h>

#include "kernels.h"

namespace {

constexpr int64_t TileRows = 8, Panel = 32;  // a tile: 8 x 2 vectors; a panel: the right matrix's columns of a tile, pairs of the depth side by side

// Memory of one thread, kept from call to call.
struct Room {
  void* data = nullptr;
  size_t size = 0;

  ~Room() { std::free(data); }

  template <typename T>
  T* of(int64_t count) {
    const size_t bytes = (static_cast<size_t>(count) * sizeof(T) + 63) / 64 * 64;
    if (bytes > size) {
      std::free(data);
      data = std::aligned_alloc(64, bytes);
      size = data == nullptr ? 0 : bytes;
      if (data == nullptr) {
        throw std::bad_alloc();
      }
    }
    return static_cast<T*>(data);
  }
};

inline __mmask32 first32(int64_t count) {
  return count >= 32 ? ~__mmask32{0} : count <= 0 ? 0 : (__mmask32{1} << count) - 1;
}

inline __mmask16 first16(int64_t count) {
  return static_cast<__mmask16>(first32(std::min<int64_t>(count, 16)));
}

// Up to 16 numbers as bfloat16.
inline __m256i load16(const float* p, int64_t count) {
  return (__m256i)_mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(first16(count), p));
}

inline __m256i load16(const uint16_t* p, int64_t count) {
  return _mm256_maskz_loadu_epi16(first16(count), p);
}

// Up to 32 numbers as bfloat16.
inline __m512i load32(const float* p, int64_t count) {
  return (__m512i)_mm512_cvtne2ps_pbh(_mm512_maskz_loadu_ps(first16(count - 16), p + 16), _mm512_maskz_loadu_ps(first16(count), p));
}

inline __m512i load32(const uint16_t* p, int64_t count) {
  return _mm512_maskz_loadu_epi16(first32(count), p);
}

// a0 b0 a1 b1 …
inline __m512i interleave(__m256i a, __m256i b) {
  const __m512i order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
  return _mm512_permutexvar_epi16(order, _mm512_inserti64x4(_mm512_castsi256_si512(a), b, 1));
}

// 16 x 16 elements of 32 bits, in place.
inline void transpose(__m512i r[16]) {
  __m512i t[16];
#pragma GCC unroll 8
  for (int i = 0; i < 8; i++) {
    t[2 * i] = _mm512_unpacklo_epi32(r[2 * i], r[2 * i + 1]);
    t[2 * i + 1] = _mm512_unpackhi_epi32(r[2 * i], r[2 * i + 1]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    r[4 * i] = _mm512_unpacklo_epi64(t[4 * i], t[4 * i + 2]);
    r[4 * i + 1] = _mm512_unpackhi_epi64(t[4 * i], t[4 * i + 2]);
    r[4 * i + 2] = _mm512_unpacklo_epi64(t[4 * i + 1], t[4 * i + 3]);
    r[4 * i + 3] = _mm512_unpackhi_epi64(t[4 * i + 1], t[4 * i + 3]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    t[i] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0x88);
    t[i + 4] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0xdd);
    t[i + 8] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0x88);
    t[i + 12] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0xdd);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    r[i] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0x88);
    r[i + 8] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0xdd);
    r[i + 4] = _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0x88);
    r[i + 12] = _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0xdd);
  }
}

// The panel of `count` columns from b on: out[depth / 2, Panel] pairs. b(k, n) = b[k * stride + n].
template <typename T>
void pack_rows(const T* b, int64_t stride, int64_t depth, int64_t count, uint32_t* out) {
  for (int64_t k = 0; k < depth; k += 2, out += Panel) {
    const T *one = b + k * stride, *two = one + stride;
    const bool both = k + 1 < depth;
    for (int64_t n = 0; n < Panel; n += 16) {
      const __m256i first = load16(one + n, count - n);
      _mm512_store_si512(out + n, interleave(first, both ? load16(two + n, count - n) : _mm256_setzero_si256()));
    }
  }
}

// b(k, n) = b[n * stride + k].
template <typename T>
void pack_columns(const T* b, int64_t stride, int64_t depth, int64_t count, uint32_t* out) {
  for (int64_t n = 0; n < Panel; n += 16) {
    for (int64_t k = 0; k < depth; k += 32) {
      __m512i rows[16];
#pragma GCC unroll 16
      for (int64_t i = 0; i < 16; i++) {
        rows[i] = n + i < count ? load32(b + (n + i) * stride + k, depth - k) : _mm512_setzero_si512();
      }
      transpose(rows);
      const int64_t pairs = std::min<int64_t>(16, (depth - k + 1) / 2);
      uint32_t* to = out + k / 2 * Panel + n;
      for (int64_t q = 0; q < pairs; q++) {
        _mm512_store_si512(to + q * Panel, rows[q]);
      }
    }
  }
}

// A tile's rows of the left matrix, pairs of the depth: out[depth / 2, TileRows]. a(m, k) = a[k * stride + m].
inline void pack_left(const uint16_t* a, int64_t stride, int64_t depth, int64_t count, uint32_t* out) {
  const __mmask16 mask = first16(count);
  for (int64_t k = 0; k < depth; k += 2, out += TileRows) {
    const uint16_t* one = a + k * stride;
    const __m256i first = _mm256_maskz_loadu_epi16(mask, one);
    const __m256i second = k + 1 < depth ? _mm256_maskz_loadu_epi16(mask, one + stride) : _mm256_setzero_si256();
    _mm512_mask_storeu_epi32(out, (1 << TileRows) - 1, interleave(first, second));
  }
}

struct Out {
  void* c;
  const float* bias;   // of the tile's first column; null: none
  const float* added;  // as c lies; null: none
  int64_t stride, columns;
  int32_t type;
};

template <int R>
inline void write(const Out& out, __m512 (&left)[R], __m512 (&right)[R]) {
  const __mmask16 mask0 = first16(out.columns), mask1 = first16(out.columns - 16);
  if (out.bias != nullptr) {
    const __m512 bias0 = _mm512_maskz_loadu_ps(mask0, out.bias), bias1 = _mm512_maskz_loadu_ps(mask1, out.bias + 16);
#pragma GCC unroll 8
    for (int r = 0; r < R; r++) {
      left[r] += bias0;
      right[r] += bias1;
    }
  }
  if (out.added != nullptr) {
#pragma GCC unroll 8
    for (int r = 0; r < R; r++) {
      left[r] += _mm512_maskz_loadu_ps(mask0, out.added + r * out.stride);
      right[r] += _mm512_maskz_loadu_ps(mask1, out.added + r * out.stride + 16);
    }
  }
  if (out.type == 0) {
#pragma GCC unroll 8
    for (int r = 0; r < R; r++) {
      float* c = static_cast<float*>(out.c) + r * out.stride;
      _mm512_mask_storeu_ps(c, mask0, left[r]);
      _mm512_mask_storeu_ps(c + 16, mask1, right[r]);
    }
  } else {
    const __mmask32 mask = first32(out.columns);
#pragma GCC unroll 8
    for (int r = 0; r < R; r++) {
      _mm512_mask_storeu_epi16(static_cast<uint16_t*>(out.c) + r * out.stride, mask, (__m512i)_mm512_cvtne2ps_pbh(right[r], left[r]));
    }
  }
}

// R rows of the left matrix with a panel; a's pairs lie row_step and pair_step numbers of 16 bits apart.
template <int R>
void tile(const uint16_t* a, int64_t row_step, int64_t pair_step, const uint32_t* panel, int64_t pairs, const Out& out) {
  __m512 left[R], right[R];
#pragma GCC unroll 8
  for (int r = 0; r < R; r++) {
    left[r] = right[r] = _mm512_setzero_ps();
  }
  for (int64_t q = 0; q < pairs; q++, a += pair_step, panel += Panel) {
    const __m512bh b0 = (__m512bh)_mm512_load_si512(panel), b1 = (__m512bh)_mm512_load_si512(panel + 16);
#pragma GCC unroll 8
    for (int r = 0; r < R; r++) {
      int32_t pair;
      __builtin_memcpy(&pair, a + r * row_step, sizeof pair);
      const __m512bh factor = (__m512bh)_mm512_set1_epi32(pair);
      left[r] = _mm512_dpbf16_ps(left[r], b0, factor);
      right[r] = _mm512_dpbf16_ps(right[r], b1, factor);
    }
  }
  write<R>(out, left, right);
}

using Tile = void (*)(const uint16_t*, int64_t, int64_t, const uint32_t*, int64_t, const Out&);
constexpr Tile Tiles[] = {tile<1>, tile<2>, tile<3>, tile<4>, tile<5>, tile<6>, tile<7>, tile<8>};

}  // namespace
