// Matrix products with float32 sums: how the matrices are laid out, and the tile. Of float32 numbers, and of bfloat16 numbers where the build has AVX512_BF16. A cell is what
// one instruction takes of a number of the result: one float32, or a pair of bfloat16 that follow each other in the depth; 32 bits either way.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <new>

#include <immintrin.h>

#include "kernels.h"

namespace {

constexpr int64_t TileRows = 8, Panel = 32;  // a tile: 8 x 2 vectors; a panel: the right matrix's columns of a tile, cells of the depth one after another

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

// Cells of 32 columns.
struct Cells32 {
  __m512i front, back;
};

inline void store(const Cells32& cells, uint32_t* p) {
  _mm512_storeu_si512(p, cells.front);
  _mm512_storeu_si512(p + 16, cells.back);
}

struct Floats {
  using Number = float;
  static constexpr int64_t Depth = 1;  // numbers in a cell

  static __m512 multiply(__m512 sum, __m512i panel, __m512i factor) {
    return _mm512_fmadd_ps(_mm512_castsi512_ps(panel), _mm512_castsi512_ps(factor), sum);
  }

  // Columns 0 to 31 of one line of the depth.
  static Cells32 columns(const float* p, int64_t, bool, int64_t count) {
    return {_mm512_castps_si512(_mm512_maskz_loadu_ps(first16(count), p)), _mm512_castps_si512(_mm512_maskz_loadu_ps(first16(count - 16), p + 16))};
  }

  // Up to 16 numbers of the depth.
  static __m512i cells(const float* p, int64_t count) { return _mm512_castps_si512(_mm512_maskz_loadu_ps(first16(count), p)); }

  // 32 numbers, and the cells of 32 columns of the depth's lines of one cell.
  static void put(float* p, __m512 front, __m512 back) {
    _mm512_storeu_ps(p, front);
    _mm512_storeu_ps(p + 16, back);
  }

  static void put_cells(uint32_t* p, const __m512 (&line)[1][2]) { store({_mm512_castps_si512(line[0][0]), _mm512_castps_si512(line[0][1])}, p); }
};

#ifdef __AVX512BF16__
// Up to 32 numbers as bfloat16.
inline __m512i load32(const float* p, int64_t count) {
  return (__m512i)_mm512_cvtne2ps_pbh(_mm512_maskz_loadu_ps(first16(count - 16), p + 16), _mm512_maskz_loadu_ps(first16(count), p));
}

inline __m512i load32(const uint16_t* p, int64_t count) {
  return _mm512_maskz_loadu_epi16(first32(count), p);
}

// a0 b0 a1 b1 …
inline Cells32 interleave(__m512i a, __m512i b) {
  const __m512i front = _mm512_set_epi16(47, 15, 46, 14, 45, 13, 44, 12, 43, 11, 42, 10, 41, 9, 40, 8, 39, 7, 38, 6, 37, 5, 36, 4, 35, 3, 34, 2, 33, 1, 32, 0);
  const __m512i back = _mm512_add_epi16(front, _mm512_set1_epi16(16));
  return {_mm512_permutex2var_epi16(a, front, b), _mm512_permutex2var_epi16(a, back, b)};
}

struct Pairs {
  using Number = uint16_t;
  static constexpr int64_t Depth = 2;

  static __m512 multiply(__m512 sum, __m512i panel, __m512i factor) { return _mm512_dpbf16_ps(sum, (__m512bh)panel, (__m512bh)factor); }

  template <typename T>
  static Cells32 columns(const T* p, int64_t stride, bool both, int64_t count) {
    return interleave(load32(p, count), both ? load32(p + stride, count) : _mm512_setzero_si512());
  }

  template <typename T>
  static __m512i cells(const T* p, int64_t count) {
    return load32(p, count);
  }

  static void put(uint16_t* p, __m512 front, __m512 back) { _mm512_storeu_si512(p, (__m512i)_mm512_cvtne2ps_pbh(back, front)); }

  static void put_cells(uint32_t* p, const __m512 (&lines)[2][2]) {
    store(interleave((__m512i)_mm512_cvtne2ps_pbh(lines[0][1], lines[0][0]), (__m512i)_mm512_cvtne2ps_pbh(lines[1][1], lines[1][0])), p);
  }
};
#endif

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

// The panels of `columns` columns from b on, `panel_size` cells apart: out[panels][depth, Panel] cells. b(k, n) = b[k * stride + n].
template <typename C, typename T>
void pack_rows(const T* b, int64_t stride, int64_t depth, int64_t columns, uint32_t* out, int64_t panel_size) {
  for (int64_t k = 0; k < depth; k += C::Depth, out += Panel) {
    uint32_t* to = out;
    for (int64_t n = 0; n < columns; n += Panel, to += panel_size) {
      store(C::columns(b + k * stride + n, stride, k + 1 < depth, columns - n), to);
    }
  }
}

// One panel, of `count` columns. b(k, n) = b[n * stride + k].
template <typename C, typename T>
void pack_columns(const T* b, int64_t stride, int64_t depth, int64_t count, uint32_t* out) {
  constexpr int64_t Step = 16 * C::Depth;
  for (int64_t n = 0; n < Panel; n += 16) {
    for (int64_t k = 0; k < depth; k += Step) {
      __m512i rows[16];
#pragma GCC unroll 16
      for (int64_t i = 0; i < 16; i++) {
        rows[i] = n + i < count ? C::cells(b + (n + i) * stride + k, depth - k) : _mm512_setzero_si512();
      }
      transpose(rows);
      const int64_t cells = std::min<int64_t>(16, (depth - k + C::Depth - 1) / C::Depth);
      uint32_t* to = out + k / C::Depth * Panel + n;
      for (int64_t q = 0; q < cells; q++) {
        _mm512_store_si512(to + q * Panel, rows[q]);
      }
    }
  }
}

// Rows of the left matrix, tile by tile: out[rows / TileRows][depth, TileRows] cells. a(m, k) = a[k * stride + m].
template <typename C>
void pack_left(const typename C::Number* a, int64_t stride, int64_t depth, int64_t rows, uint32_t* out) {
  const int64_t size = (depth + C::Depth - 1) / C::Depth * TileRows;
  for (int64_t r = 0; r < rows; r += Panel, out += 4 * size) {
    const int64_t tiles = (std::min(Panel, rows - r) + TileRows - 1) / TileRows;
    uint32_t* to = out;
    for (int64_t k = 0; k < depth; k += C::Depth, to += TileRows) {
      const Cells32 cells = C::columns(a + k * stride + r, stride, k + 1 < depth, rows - r);
      const __m256i halves[] = {_mm512_castsi512_si256(cells.front), _mm512_extracti64x4_epi64(cells.front, 1), _mm512_castsi512_si256(cells.back), _mm512_extracti64x4_epi64(cells.back, 1)};
#pragma GCC unroll 4
      for (int64_t t = 0; t < 4; t++) {
        if (t < tiles) {
          _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + t * size), halves[t]);
        }
      }
    }
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
#ifdef __AVX512BF16__
  if (out.type != 0) {
    const __mmask32 mask = first32(out.columns);
#pragma GCC unroll 8
    for (int r = 0; r < R; r++) {
      _mm512_mask_storeu_epi16(static_cast<uint16_t*>(out.c) + r * out.stride, mask, (__m512i)_mm512_cvtne2ps_pbh(right[r], left[r]));
    }
    return;
  }
#endif
#pragma GCC unroll 8
  for (int r = 0; r < R; r++) {
    float* c = static_cast<float*>(out.c) + r * out.stride;
    _mm512_mask_storeu_ps(c, mask0, left[r]);
    _mm512_mask_storeu_ps(c + 16, mask1, right[r]);
  }
}

// R rows of the left matrix with a panel; a's cells lie row_step and cell_step numbers apart.
template <typename C, int R>
void tile(const typename C::Number* a, int64_t row_step, int64_t cell_step, const uint32_t* panel, int64_t cells, const Out& out) {
  if (out.added != nullptr) {
    // They are far away where nobody has read them yet.
#pragma GCC unroll 8
    for (int r = 0; r < R; r++) {
      _mm_prefetch(out.added + r * out.stride, _MM_HINT_T0);
      _mm_prefetch(out.added + r * out.stride + 16, _MM_HINT_T0);
    }
  }
  __m512 left[R], right[R];
#pragma GCC unroll 8
  for (int r = 0; r < R; r++) {
    left[r] = right[r] = _mm512_setzero_ps();
  }
  for (int64_t q = 0; q < cells; q++, a += cell_step, panel += Panel) {
    const __m512i b0 = _mm512_load_si512(panel), b1 = _mm512_load_si512(panel + 16);
#pragma GCC unroll 8
    for (int r = 0; r < R; r++) {
      int32_t cell;
      __builtin_memcpy(&cell, a + r * row_step, sizeof cell);
      const __m512i factor = _mm512_set1_epi32(cell);
      left[r] = C::multiply(left[r], b0, factor);
      right[r] = C::multiply(right[r], b1, factor);
    }
  }
  write<R>(out, left, right);
}

template <typename C>
constexpr void (*Tiles[])(const typename C::Number*, int64_t, int64_t, const uint32_t*, int64_t, const Out&) = {tile<C, 1>, tile<C, 2>, tile<C, 3>, tile<C, 4>,
                                                                                                              tile<C, 5>, tile<C, 6>, tile<C, 7>, tile<C, 8>};

}  // namespace
