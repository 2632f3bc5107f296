// Matrix products of bfloat16 numbers with float32 sums, for processors with dot products of bfloat16 pairs (AVX512_BF16). The right matrix, which may be float32
// (a weight as the optimizer keeps it), is rounded and laid out on the way; a result takes a bias, and what it is added to, as it is written.
//
// Each number is one chain of sums over the depth, in its order, whatever the number of threads.
#include <algorithm>
#include <cstdlib>
#include <new>

#include <immintrin.h>
#include <omp.h>

#include "kernels.h"

namespace {

using kernels::ProductShape;

constexpr int64_t Rows = 8, Panel = 32;           // a tile: Rows x 2 vectors; a panel: the right matrix's columns of a tile, pairs of the depth side by side
constexpr int64_t BlockRows = 12 * Rows;          // of the left matrix, for one piece of work
constexpr int64_t Depth = 512;                    // of a panel at a time, where the result is float32
constexpr int64_t PackedBytes = 8 << 20;          // of the right matrix at a time

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

thread_local Room right_room, left_room;

inline int64_t up_to(int64_t value, int64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

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

// A tile's rows of the left matrix, pairs of the depth: out[depth / 2, Rows]. a(m, k) = a[k * stride + m].
inline void pack_left(const uint16_t* a, int64_t stride, int64_t depth, int64_t count, uint32_t* out) {
  const __mmask16 mask = first16(count);
  for (int64_t k = 0; k < depth; k += 2, out += Rows) {
    const uint16_t* one = a + k * stride;
    const __m256i first = _mm256_maskz_loadu_epi16(mask, one);
    const __m256i second = k + 1 < depth ? _mm256_maskz_loadu_epi16(mask, one + stride) : _mm256_setzero_si256();
    _mm512_mask_storeu_epi32(out, (1 << Rows) - 1, interleave(first, second));
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

// Rows of a piece of work, so that the threads end at the same time.
int64_t best_block(int64_t rows, int64_t most, int64_t threads) {
  int64_t best = most, least = INT64_MAX;
  for (int64_t block = most; block >= 2 * Rows; block -= Rows) {
    const int64_t pieces = (rows + block - 1) / block, cost = (pieces + threads - 1) / threads * block;
    if (cost < least) {
      best = block;
      least = cost;
    }
  }
  return best;
}

// The part of the product between two depths and two columns.
void part(const ProductShape& s, int64_t depth_from, int64_t depth, int64_t column_from, int64_t columns) {
  const int64_t panels = (columns + Panel - 1) / Panel, panel_size = (depth + 1) / 2 * Panel;
  const int64_t step = s.c_type == 0 ? Depth : up_to(depth, 2);
  // What a thread goes over lies row by row, or is laid out so; in rows 4 KiB apart all would share a few places of the cache.
  const bool packs = s.a_transposed != 0 || s.a_stride % 1024 == 0 || (depth & 1) != 0;
  const int64_t threads = omp_get_max_threads();
  const int64_t block = best_block(s.rows, std::max(Rows, std::min(BlockRows, (1 << 18) / up_to(step, 2) / Rows * Rows)), threads);
  const int64_t blocks = (s.rows + block - 1) / block;
  const int64_t groups = std::min(panels, std::max<int64_t>(1, (packs ? 1 : 8) * threads / blocks)), group = (panels + groups - 1) / groups;
  uint32_t* const packed = right_room.of<uint32_t>(panels * panel_size);
#pragma omp parallel
  {
#pragma omp for schedule(dynamic)
    for (int64_t p = 0; p < panels; p++) {
      const int64_t column = column_from + p * Panel, count = std::min(Panel, column_from + columns - column);
      uint32_t* out = packed + p * panel_size;
      const int64_t first = s.b_transposed ? column * s.b_stride + depth_from : depth_from * s.b_stride + column;
      if (s.b_type == 0) {
        const float* b = static_cast<const float*>(s.b) + first;
        s.b_transposed ? pack_columns(b, s.b_stride, depth, count, out) : pack_rows(b, s.b_stride, depth, count, out);
      } else {
        const uint16_t* b = static_cast<const uint16_t*>(s.b) + first;
        s.b_transposed ? pack_columns(b, s.b_stride, depth, count, out) : pack_rows(b, s.b_stride, depth, count, out);
      }
    }
#pragma omp for schedule(dynamic) collapse(2)
    for (int64_t b = 0; b < blocks; b++) {
      for (int64_t g = 0; g < groups; g++) {
        const int64_t row_from = b * block, rows = std::min(block, s.rows - row_from);
        for (int64_t k = 0; k < depth; k += step) {
          const int64_t length = std::min(step, depth - k), pairs = (length + 1) / 2;
          const uint16_t* left = s.a + (s.a_transposed ? (depth_from + k) * s.a_stride + row_from : row_from * s.a_stride + depth_from + k);
          int64_t row_step = s.a_stride, pair_step = 2, tile_step = Rows * s.a_stride;
          if (packs) {
            uint32_t* room = left_room.of<uint32_t>(up_to(rows, Rows) * pairs);
            for (int64_t r = 0; r < rows; r += Rows) {
              if (s.a_transposed) {
                pack_left(left + r, s.a_stride, length, std::min(Rows, rows - r), room + r * pairs);
              } else {
                for (int64_t i = r; i < std::min(r + Rows, rows); i++) {
                  uint16_t* line = reinterpret_cast<uint16_t*>(room + i * pairs);
                  __builtin_memcpy(line, left + i * s.a_stride, length * sizeof(uint16_t));
                  if (length & 1) {
                    line[length] = 0;
                  }
                }
              }
            }
            left = reinterpret_cast<const uint16_t*>(room);
            row_step = s.a_transposed ? 2 : 2 * pairs;
            pair_step = s.a_transposed ? 2 * Rows : 2;
            tile_step = 2 * Rows * pairs;
          }
          const int64_t last = std::min(panels, (g + 1) * group);
          for (int64_t p = g * group; p < last; p++) {
            const int64_t column = column_from + p * Panel;
            for (int64_t r = 0; r < rows; r += Rows) {
              const int64_t place = (row_from + r) * s.c_stride + column;
              const bool begins = depth_from + k == 0;
              Out out;
              out.c = s.c_type == 0 ? static_cast<void*>(static_cast<float*>(s.c) + place) : static_cast<uint16_t*>(s.c) + place;
              out.bias = begins && s.bias != nullptr ? s.bias + column : nullptr;
              out.added = !begins ? static_cast<const float*>(s.c) + place : s.added == nullptr ? nullptr : s.added + place;
              out.stride = s.c_stride;
              out.columns = std::min(Panel, column_from + columns - column);
              out.type = s.c_type;
              Tiles[std::min(Rows, rows - r) - 1](left + r / Rows * tile_step, row_step, pair_step, packed + p * panel_size + k / 2 * Panel, pairs, out);
            }
          }
        }
      }
    }
  }
}

}  // namespace

namespace kernels {

void product_bf16(const ProductShape& s) {
  if (s.c_type == 0 && s.depth > s.columns) {
    const int64_t depth = std::max(Depth, PackedBytes / 2 / s.columns / Depth * Depth);
    for (int64_t k = 0; k < s.depth; k += depth) {
      part(s, k, std::min(depth, s.depth - k), 0, s.columns);
    }
    return;
  }
  const int64_t columns = std::max<int64_t>(8 * Panel, PackedBytes / 2 / up_to(s.depth, 2) / Panel * Panel);
  for (int64_t n = 0; n < s.columns; n += columns) {
    part(s, 0, s.depth, n, std::min(columns, s.columns - n));
  }
}

}  // namespace kernels
