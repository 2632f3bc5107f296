// Matrix products and attention with float32 sums, of bfloat16 numbers where the build has dot products of their pairs (AVX512_BF16), else of float32 numbers. The right matrix is rounded where it
// must be (a weight is kept in float32) and laid out on the way; a result takes a bias, and what it is added to, as it is written.
//
// Each number is a chain of sums over the depth, in its order; float32 results take one for each 512 of it. The number of threads changes nothing.
#include <omp.h>

#include "kernels_attention_tiles.h"

namespace {

using kernels::ProductShape;

constexpr int64_t BlockRows = 16 * TileRows;  // of the left matrix, for one piece of work
constexpr int64_t BlockCells = 1 << 17;       // of the same
constexpr int64_t SumDepth = 512;             // of a sum at a time, where the result is float32
constexpr int64_t RightCells = 1 << 21;       // of the right matrix, laid out at a time
constexpr int64_t RightLines = 32;            // of its depth that a thread lays out at a time

thread_local Room right_room, left_room;

template <typename C>
inline int64_t cells_of(int64_t depth) {
  return (depth + C::Depth - 1) / C::Depth;
}

// Rows of a piece of work, so that the threads end at the same time.
int64_t best_block(int64_t rows, int64_t most, int64_t step, int64_t threads) {
  int64_t best = most, least = INT64_MAX;
  for (int64_t block = most; block >= 2 * TileRows; block -= step) {
    const int64_t pieces = (rows + block - 1) / block, cost = (pieces + threads - 1) / threads * block;
    if (cost < least) {
      best = block;
      least = cost;
    }
  }
  return best;
}

// Lays out the right matrix between two depths and two columns: called by all threads, each for its part.
template <typename C, typename T>
void lay_out_right(const ProductShape& s, const T* b, int64_t depth, int64_t columns, uint32_t* out, int64_t panel_size) {
  if (s.b_transposed != 0) {
#pragma omp for schedule(dynamic)
    for (int64_t n = 0; n < columns; n += Panel) {
      pack_columns<C>(b + n * s.b_stride, s.b_stride, depth, std::min(Panel, columns - n), out + n / Panel * panel_size);
    }
  } else {
    // Line by line: panel by panel, each would touch all of the pages.
#pragma omp for schedule(dynamic)
    for (int64_t k = 0; k < depth; k += RightLines) {
      pack_rows<C>(b + k * s.b_stride, s.b_stride, std::min(RightLines, depth - k), columns, out + k / C::Depth * Panel, panel_size);
    }
  }
}

// Rows of the left matrix as the tiles read them: where they lie, or laid out in a thread's memory.
template <typename C>
struct Left {
  const typename C::Number* rows;
  int64_t row_step, cell_step, tile_step;
};

template <typename C>
Left<C> read_left(const ProductShape& s, bool packs, int64_t row_from, int64_t rows, int64_t depth_from, int64_t depth) {
  using Number = typename C::Number;
  const Number* a = static_cast<const Number*>(s.a) + (s.a_transposed != 0 ? depth_from * s.a_stride + row_from : row_from * s.a_stride + depth_from);
  if (!packs) {
    return {a, s.a_stride, C::Depth, TileRows * s.a_stride};
  }
  const int64_t cells = cells_of<C>(depth), line = cells * C::Depth;
  uint32_t* room = left_room.of<uint32_t>(up_to(rows, TileRows) * cells);
  Number* const laid_out = reinterpret_cast<Number*>(room);
  if (s.a_transposed != 0) {
    pack_left<C>(a, s.a_stride, depth, rows, room);
    return {laid_out, C::Depth, TileRows * C::Depth, TileRows * line};
  }
  for (int64_t i = 0; i < rows; i++) {
    __builtin_memcpy(laid_out + i * line, a + i * s.a_stride, depth * sizeof(Number));
    if (depth < line) {
      laid_out[i * line + depth] = 0;
    }
  }
  return {laid_out, line, C::Depth, TileRows * line};
}

// The part of the product between two depths and two columns.
template <typename C>
void part(const ProductShape& s, int64_t depth_from, int64_t depth, int64_t column_from, int64_t columns) {
  const int64_t panels = (columns + Panel - 1) / Panel, panel_size = cells_of<C>(depth) * Panel;
  const int64_t step = s.c_type == 0 ? SumDepth : up_to(depth, C::Depth);
  // What a thread goes over lies row by row, or is laid out so; in rows 4 KiB apart all would share a few places of the cache.
  const bool packs = s.a_transposed != 0 || s.a_stride * sizeof(typename C::Number) % 2048 == 0 || depth % C::Depth != 0;
  const int64_t threads = omp_get_max_threads();
  const int64_t unit = s.a_transposed != 0 ? Panel : TileRows;  // columns that are read side by side: whole lines of the cache
  const int64_t block = best_block(s.rows, std::max(unit, std::min(BlockRows, BlockCells / cells_of<C>(step) / unit * unit)), unit, threads);
  const int64_t blocks = (s.rows + block - 1) / block;
  const int64_t groups = std::min(panels, std::max<int64_t>(1, (packs ? 1 : 8) * threads / blocks)), group = (panels + groups - 1) / groups;
  uint32_t* const right = right_room.of<uint32_t>(panels * panel_size);
  const int64_t first = s.b_transposed != 0 ? column_from * s.b_stride + depth_from : depth_from * s.b_stride + column_from;
#pragma omp parallel
  {
    if (s.b_type == 0) {
      lay_out_right<C>(s, static_cast<const float*>(s.b) + first, depth, columns, right, panel_size);
    } else {
      lay_out_right<C>(s, static_cast<const typename C::Number*>(s.b) + first, depth, columns, right, panel_size);
    }
#pragma omp for schedule(dynamic) collapse(2)
    for (int64_t b = 0; b < blocks; b++) {
      for (int64_t g = 0; g < groups; g++) {
        const int64_t row_from = b * block, rows = std::min(block, s.rows - row_from), last = std::min(panels, (g + 1) * group);
        for (int64_t k = 0; k < depth; k += step) {
          const int64_t length = std::min(step, depth - k);
          const Left<C> left = read_left<C>(s, packs, row_from, rows, depth_from + k, length);
          const bool begins = depth_from + k == 0;
          for (int64_t p = g * group; p < last; p++) {
            const int64_t column = column_from + p * Panel;
            for (int64_t r = 0; r < rows; r += TileRows) {
              const int64_t place = (row_from + r) * s.c_stride + column;
              Out out;
              out.c = s.c_type == 0 ? static_cast<void*>(static_cast<float*>(s.c) + place) : static_cast<uint16_t*>(s.c) + place;
              out.bias = begins && s.bias != nullptr ? s.bias + column : nullptr;
              out.added = !begins ? static_cast<const float*>(s.c) + place : s.added == nullptr ? nullptr : s.added + place;
              out.stride = s.c_stride;
              out.columns = std::min(Panel, column_from + columns - column);
              out.type = s.c_type;
              Tiles<C>[std::min(TileRows, rows - r) - 1](left.rows + r / TileRows * left.tile_step, left.row_step, left.cell_step, right + p * panel_size + k / C::Depth * Panel,
                                                         cells_of<C>(length), out);
            }
          }
        }
      }
    }
  }
}

template <typename C>
void product(const ProductShape& s) {
  if (s.c_type == 0 && s.depth > s.columns) {
    const int64_t depth = std::max(SumDepth, RightCells * C::Depth / s.columns / SumDepth * SumDepth);
    for (int64_t k = 0; k < s.depth; k += depth) {
      part<C>(s, k, std::min(depth, s.depth - k), 0, s.columns);
    }
    return;
  }
  const int64_t columns = std::max<int64_t>(8 * Panel, RightCells / cells_of<C>(s.depth) / Panel * Panel);
  for (int64_t n = 0; n < s.columns; n += columns) {
    part<C>(s, 0, s.depth, n, std::min(columns, s.columns - n));
  }
}

}  // namespace

namespace kernels {

#ifdef __AVX512BF16__
using Cell = Pairs;
#define WITH_TYPE(name) name##_bf16
#else
using Cell = Floats;
#define WITH_TYPE(name) name##_f32
#endif

void WITH_TYPE(product)(const ProductShape& s) {
  product<Cell>(s);
}

void WITH_TYPE(attention)(const AttentionShape& s, const void* q, const void* k, const void* v, void* out, float* normalizers) {
  using Number = Cell::Number;
  tiled_attention<Cell>(s, static_cast<const Number*>(q), static_cast<const Number*>(k), static_cast<const Number*>(v), static_cast<Number*>(out), normalizers);
}

void WITH_TYPE(attention_gradient)(const AttentionShape& s, const void* q, const void* k, const void* v, const void* out, const float* normalizers, const void* dout, void* dq, void* dk,
                                   void* dv) {
  using Number = Cell::Number;
  tiled_attention_gradient<Cell>(s, static_cast<const Number*>(q), static_cast<const Number*>(k), static_cast<const Number*>(v), static_cast<const Number*>(out), normalizers,
                                 static_cast<const Number*>(dout), static_cast<Number*>(dq), static_cast<Number*>(dk), static_cast<Number*>(dv));
}

}  // namespace kernels
