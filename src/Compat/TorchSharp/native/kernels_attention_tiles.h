// The attention of kernels_attention.h on the tiles of kernels_tiles.h, of float32 numbers or of bfloat16 pairs. In bfloat16 queries, keys and values are rounded once more after
// they are turned, weights and their slopes before they are multiplied; scores, softmax and all sums are float32.
#pragma once

#define KERNELS_TILES
#include "kernels_attention.h"
#include "kernels_tiles.h"

namespace {

static_assert(Columns == Panel && Rows == TileRows && QueryBlock % TileRows == 0, "a tile is a tile");

// Memory of one thread.
struct TileRoom {
  Room key_columns, key_rows, value_columns, value_rows, lines, queries, slopes, query_cells, slope_cells, scores, others, weights, weight_cells, other_cells, mixed, key_slopes,
      value_slopes;
};

thread_local TileRoom tile_room;

constexpr int64_t Ahead = 8;  // tokens

// Brings a head's row near, to be read or written soon: from token to token it is too far for the processor to guess.
template <typename T>
inline void fetch(const AttentionShape& s, const T* row) {
  for (int64_t i = 0; i < s.head_size; i += 64 / static_cast<int64_t>(sizeof(T))) {
    _mm_prefetch(row + i, _MM_HINT_T0);
  }
}

// Lays out [keys, width]: by columns for products over the width, by rows for products over the keys.
template <typename C>
void lay_out(const typename C::Number* rows, int64_t keys, int64_t width, uint32_t* columns, uint32_t* cells) {
  for (int64_t k = 0; columns != nullptr && k < keys; k += Panel) {
    pack_columns<C>(rows + k * width, width, width, Panel, columns + k / C::Depth * width);
  }
  if (cells != nullptr) {
    pack_rows<C>(rows, width, keys, width, cells, keys / C::Depth * Panel);
  }
}

// A head's row of the tensor, turned, in the type of the products.
inline void read_rounded(const AttentionShape& s, const float* in, int64_t token, bool turns, float* out, int64_t width, float*) {
  read_row(s, in, token, turns, out, width);
}

#ifdef __AVX512BF16__
inline void read_rounded(const AttentionShape& s, const bf16* in, int64_t token, bool turns, bf16* out, int64_t width, float* wide) {
  if (!turns) {
    std::memcpy(out, in, s.head_size * sizeof(bf16));
    std::memset(out + s.head_size, 0, (width - s.head_size) * sizeof(bf16));
    return;
  }
  read_row(s, in, token, true, wide, width);
  for (int64_t i = 0; i < width; i += Lanes) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + i), (__m256i)_mm512_cvtneps_pbh(_mm512_loadu_ps(wide + i)));
  }
}
#endif

template <typename C>
void read_keys(const Task& task, const typename C::Number* k, const typename C::Number* v, int64_t head, TileRoom& w, bool backward) {
  using Number = typename C::Number;
  const auto& s = task.shape;
  const int64_t count = task.keys * task.width, cells = count / C::Depth;
  Number* lines = w.lines.of<Number>(count);
  float* wide = w.mixed.of<float>(QueryBlock * task.width);
  for (const bool values : {false, true}) {
    const Number* in = values ? v : k;
    for (const auto& piece : task.pieces) {
      for (int64_t i = 0; i < piece.padded; i++) {
        Number* line = lines + (piece.position + i) * task.width;
        if (i < piece.length) {
          const int64_t token = piece.token + i;
          fetch(s, in + s.key(piece.token + std::min(i + Ahead, piece.length - 1), head));
          read_rounded(s, in + s.key(token, head), token, !values && s.rotary > 0, line, task.width, wide);
        } else {
          std::memset(line, 0, task.width * sizeof(Number));
        }
      }
    }
    if (values) {
      lay_out<C>(lines, task.keys, task.width, backward ? w.value_columns.of<uint32_t>(cells) : nullptr, backward ? nullptr : w.value_rows.of<uint32_t>(cells));
    } else {
      lay_out<C>(lines, task.keys, task.width, w.key_columns.of<uint32_t>(cells), backward ? w.key_rows.of<uint32_t>(cells) : nullptr);
    }
  }
}

template <typename C>
inline void multiply(const typename C::Number* a, int64_t row_step, int64_t cell_step, const uint32_t* panel, int64_t cells, float* c, int64_t stride, bool adds) {
  tile<C, TileRows>(a, row_step, cell_step, panel, cells, Out{c, nullptr, adds ? c : nullptr, stride, Panel, 0});
}

// scores[count, stride] = rows · keysᵀ, where a row of the tile sees a key of it; `from` is the first row's place in its piece, `count` a multiple of TileRows.
template <typename C>
void tile_products(const typename C::Number* rows, const uint32_t* columns, const Seen& seen, int64_t from, int64_t count, int64_t width, float* scores, int64_t stride) {
  for (int64_t c = 0; c < seen.prefix_padded + seen.own_padded; c += Panel) {
    const int64_t own = c - seen.prefix_padded, key = own < 0 ? c : seen.own_position + own;
    for (int64_t r = 0; r < count; r += TileRows) {
      if (own < from + r + TileRows) {
        multiply<C>(rows + r * width, width, C::Depth, columns + key / C::Depth * width, width / C::Depth, scores + r * stride + c, stride, false);
      }
    }
  }
}

// out[count, width] = weights · rows, over the keys that are seen.
template <typename C>
void tile_mix(const typename C::Number* weights, int64_t stride, const uint32_t* cells, const Task& task, const Seen& seen, int64_t from, int64_t count, float* out) {
  const int64_t width = task.width;
  for (int64_t d = 0; d < width; d += Panel) {
    const uint32_t* panel = cells + d / C::Depth * task.keys;
    for (int64_t r = 0; r < count; r += TileRows) {
      const int64_t own = std::min(seen.own_padded, from + r + TileRows);
      float* to = out + r * width + d;
      if (seen.prefix_padded > 0) {
        multiply<C>(weights + r * stride, stride, C::Depth, panel, seen.prefix_padded / C::Depth, to, width, false);
      }
      multiply<C>(weights + r * stride + seen.prefix_padded, stride, C::Depth, panel + seen.own_position / C::Depth * Panel, own / C::Depth, to, width, seen.prefix_padded > 0);
    }
  }
}

// exponential() of sixteen numbers; NaN stays NaN, as the second operand of max and min does.
inline __m512 exponential(__m512 x) {
  const __m512 bounded = _mm512_min_ps(_mm512_set1_ps(88.0f), _mm512_max_ps(_mm512_set1_ps(-87.0f), x));
  const __m512 n = _mm512_roundscale_ps(bounded * _mm512_set1_ps(1.44269504f), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  const __m512 r = (bounded - n * _mm512_set1_ps(0.693359375f)) + n * _mm512_set1_ps(2.12194440e-4f);
  __m512 p = _mm512_set1_ps(1.3981999507e-3f);
  for (const float factor : {8.3334519073e-3f, 4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f}) {
    p = p * r + _mm512_set1_ps(factor);
  }
  p = p * (r * r) + r + _mm512_set1_ps(1.0f);
  return _mm512_maskz_scalef_ps(_mm512_cmp_ps_mask(x, _mm512_set1_ps(-87.0f), _CMP_NLT_UQ), p, n);
}

// What one query sees of the padded columns of its scores.
struct Sight {
  int64_t prefix, prefix_padded, end;

  __mmask16 at(int64_t column) const { return first16((column < prefix_padded ? prefix : end) - column); }
};

template <typename C>
void attend(const Task& task, const typename C::Number* q, typename C::Number* out, float* normalizers, int64_t head, TileRoom& w) {
  using Number = typename C::Number;
  const auto& s = task.shape;
  const int64_t stride = task.longest, width = task.width;
  float *mixed = w.mixed.of<float>(QueryBlock * width), *scores = w.scores.of<float>(QueryBlock * stride);
  Number *rows = w.queries.of<Number>(QueryBlock * width), *weights = C::Depth == 1 ? reinterpret_cast<Number*>(scores) : w.weights.of<Number>(QueryBlock * stride);
  const __m512 scale = _mm512_set1_ps(s.scale);
  for (size_t p = 0; p < task.pieces.size(); p++) {
    const auto& piece = task.pieces[p];
    for (int64_t from = 0; from < piece.length; from += QueryBlock) {
      const int64_t count = std::min<int64_t>(QueryBlock, piece.length - from);
      std::memset(rows + count * width, 0, (QueryBlock - count) * width * sizeof(Number));
      for (int64_t i = 0; i < count; i++) {
        const int64_t token = piece.token + from + i;
        fetch(s, q + s.query(std::min(token + QueryBlock, piece.token + piece.length - 1), head));
        read_rounded(s, q + s.query(token, head), token, s.rotary > 0, rows + i * width, width, mixed);
        fetch(s, out + (token * s.heads + head) * s.head_size);
      }
      const Seen seen = seen_by(task, p, from, QueryBlock);
      const int64_t total = seen.prefix_padded + seen.own_padded;
      tile_products<C>(rows, static_cast<uint32_t*>(w.key_columns.data), seen, from, up_to(count, TileRows), width, scores, stride);
      float factors[QueryBlock];
      for (int64_t i = 0; i < count; i++) {
        const float* line = scores + i * stride;
        const Sight sight{seen.prefix, seen.prefix_padded, seen.prefix_padded + from + i + 1};
        __m512 tops = _mm512_set1_ps(-INFINITY);
        for (int64_t c = 0; c < total; c += 16) {
          tops = _mm512_mask_max_ps(tops, sight.at(c), tops, _mm512_loadu_ps(line + c));
        }
        const float largest = _mm512_reduce_max_ps(tops);
        const __m512 top = _mm512_set1_ps(largest);
        __m512 sums[2] = {_mm512_setzero_ps(), _mm512_setzero_ps()};
        for (int64_t c = 0; c < total; c += Panel) {
          const __m512 front = _mm512_maskz_mov_ps(sight.at(c), exponential((_mm512_loadu_ps(line + c) - top) * scale));
          const __m512 back = _mm512_maskz_mov_ps(sight.at(c + 16), exponential((_mm512_loadu_ps(line + c + 16) - top) * scale));
          sums[0] += front;
          sums[1] += back;
          C::put(weights + i * stride + c, front, back);
        }
        const float sum = _mm512_reduce_add_ps(sums[0] + sums[1]);
        normalizers[head * s.tokens + piece.token + from + i] = largest * s.scale + std::log(sum);
        factors[i] = 1.0f / sum;
      }
      tile_mix<C>(weights, stride, static_cast<uint32_t*>(w.value_rows.data), task, seen, from, up_to(count, TileRows), mixed);
      for (int64_t i = 0; i < count; i++) {
        float* line = mixed + i * width;
#pragma omp simd
        for (int64_t d = 0; d < width; d++) {
          line[d] *= factors[i];
        }
        write_row(s, line, 0, false, out + ((piece.token + from + i) * s.heads + head) * s.head_size);
      }
    }
  }
}

template <typename C, typename Number = typename C::Number>
void attend_gradient(const Task& task, const Number* q, const Number* out, const float* normalizers, const Number* dout, Number* dq, int64_t head, TileRoom& w) {
  const auto& s = task.shape;
  const int64_t stride = task.longest, width = task.width, block = QueryBlock * width;
  float *mixed = w.mixed.of<float>(block), *weights = w.scores.of<float>(QueryBlock * stride), *others = w.others.of<float>(QueryBlock * stride);
  Number *rows = w.queries.of<Number>(block), *slopes = w.slopes.of<Number>(block);
  // The block's weights and their slopes, in cells of the queries, and the slopes line by line: float32 stays where it is.
  uint32_t *weight_cells = reinterpret_cast<uint32_t*>(weights), *other_cells = reinterpret_cast<uint32_t*>(others);
  Number* other_lines = reinterpret_cast<Number*>(others);
  if constexpr (C::Depth != 1) {
    weight_cells = w.weight_cells.of<uint32_t>(QueryBlock / C::Depth * stride);
    other_cells = w.other_cells.of<uint32_t>(QueryBlock / C::Depth * stride);
    other_lines = w.weights.of<Number>(QueryBlock * stride);
  }
  const __m512 scale = _mm512_set1_ps(s.scale);
  uint32_t *query_cells = w.query_cells.of<uint32_t>(block / C::Depth), *slope_cells = w.slope_cells.of<uint32_t>(block / C::Depth);
  float *key_slopes = static_cast<float*>(w.key_slopes.data), *value_slopes = static_cast<float*>(w.value_slopes.data);
  float deltas[QueryBlock] = {}, norms[QueryBlock] = {};
  for (size_t p = 0; p < task.pieces.size(); p++) {
    const auto& piece = task.pieces[p];
    for (int64_t from = 0; from < piece.length; from += QueryBlock) {
      const int64_t count = std::min<int64_t>(QueryBlock, piece.length - from), tiles = up_to(count, TileRows);
      std::memset(rows + count * width, 0, (QueryBlock - count) * width * sizeof(Number));
      std::memset(slopes + count * width, 0, (QueryBlock - count) * width * sizeof(Number));
      for (int64_t i = 0; i < count; i++) {
        const int64_t token = piece.token + from + i, place = (token * s.heads + head) * s.head_size;
        const int64_t later = std::min(token + QueryBlock, piece.token + piece.length - 1), later_place = (later * s.heads + head) * s.head_size;
        fetch(s, q + s.query(later, head));
        fetch(s, dout + later_place);
        fetch(s, out + later_place);
        fetch(s, dq + s.query(token, head));
        read_rounded(s, q + s.query(token, head), token, s.rotary > 0, rows + i * width, width, mixed);
        read_rounded(s, dout + place, token, false, slopes + i * width, width, mixed);
        const Number *result = out + place, *slope = dout + place;
        float delta = 0;
#pragma omp simd reduction(+ : delta)
        for (int64_t d = 0; d < s.head_size; d++) {
          delta += load(result + d) * load(slope + d);
        }
        deltas[i] = delta;
        norms[i] = normalizers[head * s.tokens + token];
      }
      lay_out<C>(rows, QueryBlock, width, nullptr, query_cells);
      lay_out<C>(slopes, QueryBlock, width, nullptr, slope_cells);
      const Seen seen = seen_by(task, p, from, QueryBlock);
      const int64_t total = seen.prefix_padded + seen.own_padded;
      tile_products<C>(rows, static_cast<uint32_t*>(w.key_columns.data), seen, from, tiles, width, weights, stride);
      tile_products<C>(slopes, static_cast<uint32_t*>(w.value_columns.data), seen, from, tiles, width, others, stride);
      for (int64_t i = 0; i < tiles; i += C::Depth) {
        for (int64_t c = 0; c < total; c += Panel) {
          __m512 weight[C::Depth][2], other[C::Depth][2];
#pragma GCC unroll 2
          for (int64_t d = 0; d < C::Depth; d++) {
            const Sight sight{seen.prefix, seen.prefix_padded, seen.prefix_padded + from + i + d + 1};
            const __m512 normalizer = _mm512_set1_ps(norms[i + d]), delta = _mm512_set1_ps(deltas[i + d]);
#pragma GCC unroll 2
            for (int64_t h = 0; h < 2; h++) {
              const int64_t place = (i + d) * stride + c + 16 * h;
              const __mmask16 mask = i + d < count ? sight.at(c + 16 * h) : 0;
              weight[d][h] = _mm512_maskz_mov_ps(mask, exponential(_mm512_loadu_ps(weights + place) * scale - normalizer));
              other[d][h] = _mm512_maskz_mov_ps(mask, weight[d][h] * (_mm512_loadu_ps(others + place) - delta) * scale);
            }
            C::put(other_lines + (i + d) * stride + c, other[d][0], other[d][1]);
          }
          C::put_cells(weight_cells + i / C::Depth * stride + c, weight);
          if (C::Depth != 1) {
            C::put_cells(other_cells + i / C::Depth * stride + c, other);
          }
        }
      }
      tile_mix<C>(other_lines, stride, static_cast<uint32_t*>(w.key_rows.data), task, seen, from, tiles, mixed);
      for (int64_t i = 0; i < count; i++) {
        const int64_t token = piece.token + from + i;
        write_row(s, mixed + i * width, token, s.rotary > 0, dq + s.query(token, head));
      }
      const auto add = [&](int64_t column, int64_t key, int64_t length) {
        for (int64_t d = 0; d < width; d += Panel) {
          for (int64_t k = 0; k < length; k += TileRows) {
            const int64_t place = (key + k) * width + d;
            const int64_t panel = d / C::Depth * QueryBlock;
            multiply<C>(reinterpret_cast<Number*>(other_cells + column + k), C::Depth, C::Depth * stride, query_cells + panel, tiles / C::Depth, key_slopes + place, width, true);
            multiply<C>(reinterpret_cast<Number*>(weight_cells + column + k), C::Depth, C::Depth * stride, slope_cells + panel, tiles / C::Depth, value_slopes + place, width, true);
          }
        }
      };
      add(0, 0, seen.prefix_padded);
      add(seen.prefix_padded, seen.own_position, seen.own_padded);
    }
  }
}

template <typename C, typename Number = typename C::Number>
void tiled_attention(const AttentionShape& s, const Number* q, const Number* k, const Number* v, Number* out, float* normalizers) {
  const auto groups = groups_of(s);
  const int64_t tasks = static_cast<int64_t>(groups.size()) * s.key_heads, shared = s.heads / s.key_heads;
#pragma omp parallel for schedule(dynamic)
  for (int64_t t = 0; t < tasks; t++) {
    TileRoom& w = tile_room;
    const Task task(s, groups[t / s.key_heads]);
    const int64_t key_head = t % s.key_heads;
    read_keys<C>(task, k, v, key_head, w, false);
    for (int64_t head = key_head * shared; head < (key_head + 1) * shared; head++) {
      attend<C>(task, q, out, normalizers, head, w);
    }
  }
}

template <typename C, typename Number = typename C::Number>
void tiled_attention_gradient(const AttentionShape& s, const Number* q, const Number* k, const Number* v, const Number* out, const float* normalizers, const Number* dout, Number* dq,
                              Number* dk, Number* dv) {
  const auto groups = groups_of(s);
  const int64_t tasks = static_cast<int64_t>(groups.size()) * s.key_heads, shared = s.heads / s.key_heads;
#pragma omp parallel for schedule(dynamic)
  for (int64_t t = 0; t < tasks; t++) {
    TileRoom& w = tile_room;
    const Task task(s, groups[t / s.key_heads]);
    const int64_t key_head = t % s.key_heads, count = task.keys * task.width;
    read_keys<C>(task, k, v, key_head, w, true);
    float *key_slopes = w.key_slopes.of<float>(count), *value_slopes = w.value_slopes.of<float>(count);
    std::memset(key_slopes, 0, count * sizeof(float));
    std::memset(value_slopes, 0, count * sizeof(float));
    for (int64_t head = key_head * shared; head < (key_head + 1) * shared; head++) {
      attend_gradient<C>(task, q, out, normalizers, dout, dq, head, w);
    }
    for (const auto& piece : task.pieces) {
      for (int64_t i = 0; i < piece.length; i++) {
        const int64_t token = piece.token + i, row = (piece.position + i) * task.width, place = s.key(token, key_head);
        const int64_t later = s.key(piece.token + std::min(i + Ahead, piece.length - 1), key_head);
        fetch(s, dk + later);
        fetch(s, dv + later);
        write_row(s, key_slopes + row, token, s.rotary > 0, dk + place);
        write_row(s, value_slopes + row, token, false, dv + place);
      }
    }
  }
}

}  // namespace
