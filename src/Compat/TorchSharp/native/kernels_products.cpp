// Matrix products of bfloat16 numbers with float32 sums, for processors with dot products of bfloat16 pairs (AVX512_BF16). The right matrix, which may be float32
// (a weight as the optimizer keeps it), is rounded and laid out on the way; a result takes a bias, and what it is added to, as it is written.
//
// Each number is one chain of sums over the depth, in its order, whatever the number of threads.
#include <omp.h>

#include "kernels_attention_bf16.h"

namespace {

using kernels::ProductShape;

constexpr int64_t BlockRows = 12 * TileRows;  // of the left matrix, for one piece of work
constexpr int64_t Depth = 512;                // of a panel at a time, where the result is float32
constexpr int64_t PackedBytes = 8 << 20;      // of the right matrix at a time

thread_local Room right_room, left_room;

// Rows of a piece of work, so that the threads end at the same time.
int64_t best_block(int64_t rows, int64_t most, int64_t threads) {
  int64_t best = most, least = INT64_MAX;
  for (int64_t block = most; block >= 2 * TileRows; block -= TileRows) {
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
  const int64_t block = best_block(s.rows, std::max(TileRows, std::min(BlockRows, (1 << 18) / up_to(step, 2) / TileRows * TileRows)), threads);
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
          int64_t row_step = s.a_stride, pair_step = 2, tile_step = TileRows * s.a_stride;
          if (packs) {
            uint32_t* room = left_room.of<uint32_t>(up_to(rows, TileRows) * pairs);
            for (int64_t r = 0; r < rows; r += TileRows) {
              if (s.a_transposed) {
                pack_left(left + r, s.a_stride, length, std::min(TileRows, rows - r), room + r * pairs);
              } else {
                for (int64_t i = r; i < std::min(r + TileRows, rows); i++) {
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
            pair_step = s.a_transposed ? 2 * TileRows : 2;
            tile_step = 2 * TileRows * pairs;
          }
          const int64_t last = std::min(panels, (g + 1) * group);
          for (int64_t p = g * group; p < last; p++) {
            const int64_t column = column_from + p * Panel;
            for (int64_t r = 0; r < rows; r += TileRows) {
              const int64_t place = (row_from + r) * s.c_stride + column;
              const bool begins = depth_from + k == 0;
              Out out;
              out.c = s.c_type == 0 ? static_cast<void*>(static_cast<float*>(s.c) + place) : static_cast<uint16_t*>(s.c) + place;
              out.bias = begins && s.bias != nullptr ? s.bias + column : nullptr;
              out.added = !begins ? static_cast<const float*>(s.c) + place : s.added == nullptr ? nullptr : s.added + place;
              out.stride = s.c_stride;
              out.columns = std::min(Panel, column_from + columns - column);
              out.type = s.c_type;
              Tiles[std::min(TileRows, rows - r) - 1](left + r / TileRows * tile_step, row_step, pair_step, packed + p * panel_size + k / 2 * Panel, pairs, out);
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
