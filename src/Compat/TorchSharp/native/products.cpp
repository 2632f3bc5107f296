// Products of a few rows with a panel of 32 columns of bfloat16 pairs, for decoding (Generation/Decoding/PackedMatrix.cs has the layout).
// Only what .NET cannot say itself: the processor's dot products of bfloat16 pairs.
#include "abi.h"

#if defined(__x86_64__)
#include <immintrin.h>

namespace {

// tile[r][j] = sum over pairs q of x[r][q] . w[q][j]; one chain of sums per number, whatever the number of rows.
template <int R>
__attribute__((target("avx512f,avx512bf16"))) void tile(const uint16_t* x, int64_t stride, const uint8_t* panel, int32_t pairs, const uint8_t* ahead, int32_t lines, float* out) {
  __m512 left[R], right[R];
#pragma GCC unroll 8
  for (int r = 0; r < R; r++) left[r] = right[r] = _mm512_setzero_ps();
  for (int32_t q = 0; q < pairs; q++, x += 2, panel += 128) {
    for (int32_t line = 0; line < lines; line++, ahead += 64) _mm_prefetch(ahead, _MM_HINT_T1);
    const __m512bh a = (__m512bh)_mm512_load_si512(panel);
    const __m512bh b = (__m512bh)_mm512_load_si512(panel + 64);
#pragma GCC unroll 8
    for (int r = 0; r < R; r++) {
      int32_t pair;
      __builtin_memcpy(&pair, x + r * stride, sizeof pair);
      const __m512bh factor = (__m512bh)_mm512_set1_epi32(pair);
      left[r] = _mm512_dpbf16_ps(left[r], a, factor);
      right[r] = _mm512_dpbf16_ps(right[r], b, factor);
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < R; r++) {
    _mm512_storeu_ps(out + 32 * r, left[r]);
    _mm512_storeu_ps(out + 32 * r + 16, right[r]);
  }
}

}  // namespace

AT_EXPORT int32_t at_has_bf16_products() { return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bf16"); }

// rows: 1 to 8. Meanwhile `lines` cache lines for each pair are brought near, from `ahead` on.
AT_EXPORT void at_tile_bf16(int32_t rows, const uint16_t* x, int64_t stride, const uint8_t* panel, int32_t pairs, const uint8_t* ahead, int32_t lines, float* out) {
  using Tile = void (*)(const uint16_t*, int64_t, const uint8_t*, int32_t, const uint8_t*, int32_t, float*);
  static const Tile tiles[] = {tile<1>, tile<2>, tile<3>, tile<4>, tile<5>, tile<6>, tile<7>, tile<8>};
  tiles[rows - 1](x, stride, panel, pairs, ahead, lines, out);
}

#else

AT_EXPORT int32_t at_has_bf16_products() { return 0; }

AT_EXPORT void at_tile_bf16(int32_t, const uint16_t*, int64_t, const uint8_t*, int32_t, const uint8_t*, int32_t, float*) {}

#endif
