// The attention of kernels_attention.h with dot products of bfloat16 pairs: queries, keys and values are rounded once more after they are turned, weights and
// their slopes before they are multiplied; scores, softmax and all sums are float32.
#pragma once

#include "kernels_attention.h"
#include "kernels_tiles.h"

namespace {

static_assert(Columns == Panel && Rows == TileRows && QueryBlock % TileRows == 0, "a tile is a tile");

// Memory of one thread.
struct PairRoom {
  Room key_columns, key_rows, value_columns, value_rows, lines, queries, slopes, query_pairs, slope_pairs, scores, others, weights, weight_pairs, other_pairs, mixed, key_slopes,
      value_slopes;
};

thread_local PairRoom pair_room;

// Lays out [keys, width]: by columns for products over the width, by rows for products over the keys.
inline void lay_out(const bf16* rows, int64_t keys, int64_t width, uint32_t* columns, uint32_t* pairs) {
  for (int64_t k = 0; columns != nullptr && k < keys; k += Panel) {
    pack_columns<Pairs>(rows + k * width, width, width, Panel, columns + k / 2 * width);
  }
  if (pairs != nullptr) {
    pack_rows<Pairs>(rows, width, keys, width, pairs, keys / 2 * Panel);
  }
}

// A head's row of the tensor, turned, as bfloat16.
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

inline void read_keys(const Task& task, const bf16* k, const bf16* v, int64_t head, PairRoom& w, bool backward) {
  const auto& s = task.shape;
  const int64_t count = task.keys * task.width;
  bf16* lines = w.lines.of<bf16>(count);
  float* wide = w.mixed.of<float>(QueryBlock * task.width);
  for (const bool values : {false, true}) {
    const bf16* in = values ? v : k;
    for (const auto& piece : task.pieces) {
      for (int64_t i = 0; i < piece.padded; i++) {
        bf16* line = lines + (piece.position + i) * task.width;
        if (i < piece.length) {
          const int64_t token = piece.token + i;
          read_rounded(s, in + s.key(token, head), token, !values && s.rotary > 0, line, task.width, wide);
        } else {
          std::memset(line, 0, task.width * sizeof(bf16));
        }
      }
    }
    if (values) {
      lay_out(lines, task.keys, task.width, backward ? w.value_columns.of<uint32_t>(count / 2) : nullptr, backward ? nullptr : w.value_rows.of<uint32_t>(count / 2));
    } else {
      lay_out(lines, task.keys, task.width, w.key_columns.of<uint32_t>(count / 2), backward ? w.key_rows.of<uint32_t>(count / 2) : nullptr);
    }
  }
}

inline void multiply(const bf16* a, int64_t row_step, int64_t pair_step, const uint32_t* panel, int64_t pairs, float* c, int64_t stride, bool adds) {
  tile<Pairs, TileRows>(a, row_step, pair_step, panel, pairs, Out{c, nullptr, adds ? c : nullptr, stride, Panel, 0});
}

// scores[QueryBlock, stride] = rows · keysᵀ, where a row of the tile sees a key of it; `from` is the first row's place in its piece.
inline void pair_products(const bf16* rows, const uint32_t* columns, const Seen& seen, int64_t from, int64_t width, float* scores, int64_t stride) {
  for (int64_t c = 0; c < seen.prefix_padded + seen.own_padded; c += Panel) {
    const int64_t own = c - seen.prefix_padded, key = own < 0 ? c : seen.own_position + own;
    for (int64_t r = 0; r < QueryBlock; r += TileRows) {
      if (own < from + r + TileRows) {
        multiply(rows + r * width, width, 2, columns + key / 2 * width, width / 2, scores + r * stride + c, stride, false);
      }
    }
  }
}

// out[QueryBlock, width] = weights · rows, over the keys that are seen.
inline void pair_mix(const bf16* weights, int64_t stride, const uint32_t* pairs, const Task& task, const Seen& seen, int64_t from, float* out) {
  const int64_t width = task.width;
  for (int64_t d = 0; d < width; d += Panel) {
    const uint32_t* panel = pairs + d / 2 * task.keys;
    for (int64_t r = 0; r < QueryBlock; r += TileRows) {
      const int64_t own = std::min(seen.own_padded, from + r + TileRows);
      float* to = out + r * width + d;
      if (seen.prefix_padded > 0) {
        multiply(weights + r * stride, stride, 2, panel, seen.prefix_padded / 2, to, width, false);
      }
      multiply(weights + r * stride + seen.prefix_padded, stride, 2, panel + seen.own_position / 2 * Panel, own / 2, to, width, seen.prefix_padded > 0);
    }
  }
}

inline void attend(const Task& task, const bf16* q, bf16* out, float* normalizers, int64_t head, PairRoom& w) {
  const auto& s = task.shape;
  const int64_t stride = task.longest, width = task.width;
  float *mixed = w.mixed.of<float>(QueryBlock * width), *scores = w.scores.of<float>(QueryBlock * stride);
  bf16 *rows = w.queries.of<bf16>(QueryBlock * width), *weights = w.weights.of<bf16>(QueryBlock * stride);
  for (size_t p = 0; p < task.pieces.size(); p++) {
    const auto& piece = task.pieces[p];
    for (int64_t from = 0; from < piece.length; from += QueryBlock) {
      const int64_t count = std::min<int64_t>(QueryBlock, piece.length - from);
      std::memset(rows + count * width, 0, (QueryBlock - count) * width * sizeof(bf16));
      for (int64_t i = 0; i < count; i++) {
        const int64_t token = piece.token + from + i;
        read_rounded(s, q + s.query(token, head), token, s.rotary > 0, rows + i * width, width, mixed);
      }
      const Seen seen = seen_by(task, p, from, QueryBlock);
      const int64_t total = seen.prefix_padded + seen.own_padded;
      pair_products(rows, static_cast<uint32_t*>(w.key_columns.data), seen, from, width, scores, stride);
      float factors[QueryBlock];
      for (int64_t i = 0; i < QueryBlock; i++) {
        float* line = scores + i * stride;
        const int64_t own = seen.prefix_padded + std::min(from + i, piece.length - 1) + 1;  // one past the last that it sees
        float largest = -INFINITY;
#pragma omp simd reduction(max : largest)
        for (int64_t c = 0; c < seen.prefix; c++) {
          largest = line[c] > largest ? line[c] : largest;
        }
#pragma omp simd reduction(max : largest)
        for (int64_t c = seen.prefix_padded; c < own; c++) {
          largest = line[c] > largest ? line[c] : largest;
        }
        float sum = 0;
#pragma omp simd reduction(+ : sum)
        for (int64_t c = 0; c < seen.prefix; c++) {
          line[c] = exponential((line[c] - largest) * s.scale);
          sum += line[c];
        }
        std::memset(line + seen.prefix, 0, (seen.prefix_padded - seen.prefix) * sizeof(float));
#pragma omp simd reduction(+ : sum)
        for (int64_t c = seen.prefix_padded; c < own; c++) {
          line[c] = exponential((line[c] - largest) * s.scale);
          sum += line[c];
        }
        std::memset(line + own, 0, (total - own) * sizeof(float));
        if (i < count) {
          normalizers[head * s.tokens + piece.token + from + i] = largest * s.scale + std::log(sum);
        }
        factors[i] = 1.0f / sum;
        for (int64_t c = 0; c < total; c += Panel) {
          _mm512_storeu_si512(weights + i * stride + c, (__m512i)_mm512_cvtne2ps_pbh(_mm512_loadu_ps(line + c + 16), _mm512_loadu_ps(line + c)));
        }
      }
      pair_mix(weights, stride, static_cast<uint32_t*>(w.value_rows.data), task, seen, from, mixed);
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

inline void attend_gradient(const Task& task, const bf16* q, const bf16* out, const float* normalizers, const bf16* dout, bf16* dq, int64_t head, PairRoom& w) {
  const auto& s = task.shape;
  const int64_t stride = task.longest, width = task.width, block = QueryBlock * width;
  float *mixed = w.mixed.of<float>(block), *weights = w.scores.of<float>(QueryBlock * stride), *others = w.others.of<float>(QueryBlock * stride);
  bf16 *rows = w.queries.of<bf16>(block), *slopes = w.slopes.of<bf16>(block), *other_rows = w.weights.of<bf16>(QueryBlock * stride);
  uint32_t *query_pairs = w.query_pairs.of<uint32_t>(block / 2), *slope_pairs = w.slope_pairs.of<uint32_t>(block / 2);
  uint32_t *weight_pairs = w.weight_pairs.of<uint32_t>(QueryBlock * stride / 2), *other_pairs = w.other_pairs.of<uint32_t>(QueryBlock * stride / 2);
  float *key_slopes = static_cast<float*>(w.key_slopes.data), *value_slopes = static_cast<float*>(w.value_slopes.data);
  float deltas[QueryBlock];
  for (size_t p = 0; p < task.pieces.size(); p++) {
    const auto& piece = task.pieces[p];
    for (int64_t from = 0; from < piece.length; from += QueryBlock) {
      const int64_t count = std::min<int64_t>(QueryBlock, piece.length - from);
      std::memset(rows + count * width, 0, (QueryBlock - count) * width * sizeof(bf16));
      std::memset(slopes + count * width, 0, (QueryBlock - count) * width * sizeof(bf16));
      for (int64_t i = 0; i < count; i++) {
        const int64_t token = piece.token + from + i, place = (token * s.heads + head) * s.head_size;
        read_rounded(s, q + s.query(token, head), token, s.rotary > 0, rows + i * width, width, mixed);
        read_rounded(s, dout + place, token, false, slopes + i * width, width, mixed);
        const bf16 *result = out + place, *slope = dout + place;
        float delta = 0;
#pragma omp simd reduction(+ : delta)
        for (int64_t d = 0; d < s.head_size; d++) {
          delta += load(result + d) * load(slope + d);
        }
        deltas[i] = delta;
      }
      lay_out(rows, QueryBlock, width, nullptr, query_pairs);
      lay_out(slopes, QueryBlock, width, nullptr, slope_pairs);
      const Seen seen = seen_by(task, p, from, QueryBlock);
      const int64_t total = seen.prefix_padded + seen.own_padded;
      pair_products(rows, static_cast<uint32_t*>(w.key_columns.data), seen, from, width, weights, stride);
      pair_products(slopes, static_cast<uint32_t*>(w.value_columns.data), seen, from, width, others, stride);
      for (int64_t i = 0; i < QueryBlock; i++) {
        float *line = weights + i * stride, *other = others + i * stride;
        const int64_t own = i < count ? seen.prefix_padded + from + i + 1 : 0;
        const float normalizer = i < count ? normalizers[head * s.tokens + piece.token + from + i] : 0, delta = i < count ? deltas[i] : 0;
#pragma omp simd
        for (int64_t c = 0; c < own; c++) {
          line[c] = exponential(line[c] * s.scale - normalizer);
          other[c] = line[c] * (other[c] - delta) * s.scale;
        }
        for (int64_t c = seen.prefix; c < std::min(seen.prefix_padded, own); c++) {
          line[c] = other[c] = 0;
        }
        std::memset(line + own, 0, (total - own) * sizeof(float));
        std::memset(other + own, 0, (total - own) * sizeof(float));
      }
      for (int64_t i = 0; i < QueryBlock; i += 2) {
        const float *line = weights + i * stride, *other = others + i * stride;
        for (int64_t c = 0; c < total; c += Panel) {
          const __m512i one = load32(other + c, Panel), two = load32(other + stride + c, Panel);
          _mm512_storeu_si512(other_rows + i * stride + c, one);
          _mm512_storeu_si512(other_rows + (i + 1) * stride + c, two);
          store(interleave(one, two), other_pairs + i / 2 * stride + c);
          store(interleave(load32(line + c, Panel), load32(line + stride + c, Panel)), weight_pairs + i / 2 * stride + c);
        }
      }
      pair_mix(other_rows, stride, static_cast<uint32_t*>(w.key_rows.data), task, seen, from, mixed);
      for (int64_t i = 0; i < count; i++) {
        const int64_t token = piece.token + from + i;
        write_row(s, mixed + i * width, token, s.rotary > 0, dq + s.query(token, head));
      }
      const auto add = [&](int64_t column, int64_t key, int64_t length) {
        for (int64_t d = 0; d < width; d += Panel) {
          for (int64_t k = 0; k < length; k += TileRows) {
            const int64_t place = (key + k) * width + d;
            multiply(reinterpret_cast<bf16*>(other_pairs + column + k), 2, 2 * stride, query_pairs + d / 2 * QueryBlock, QueryBlock / 2, key_slopes + place, width, true);
            multiply(reinterpret_cast<bf16*>(weight_pairs + column + k), 2, 2 * stride, slope_pairs + d / 2 * QueryBlock, QueryBlock / 2, value_slopes + place, width, true);
          }
        }
      };
      add(0, 0, seen.prefix_padded);
      add(seen.prefix_padded, seen.own_position, seen.own_padded);
    }
  }
}

}  // namespace

namespace kernels {

void attention_bf16(const AttentionShape& s, const void* q, const void* k, const void* v, void* out, float* normalizers) {
  const auto groups = groups_of(s);
  const int64_t tasks = static_cast<int64_t>(groups.size()) * s.key_heads, shared = s.heads / s.key_heads;
#pragma omp parallel for schedule(dynamic)
  for (int64_t t = 0; t < tasks; t++) {
    PairRoom& w = pair_room;
    const Task task(s, groups[t / s.key_heads]);
    const int64_t key_head = t % s.key_heads;
    read_keys(task, static_cast<const bf16*>(k), static_cast<const bf16*>(v), key_head, w, false);
    for (int64_t head = key_head * shared; head < (key_head + 1) * shared; head++) {
      attend(task, static_cast<const bf16*>(q), static_cast<bf16*>(out), normalizers, head, w);
    }
  }
}

void attention_gradient_bf16(const AttentionShape& s, const void* q, const void* k, const void* v, const void* out, const float* normalizers, const void* dout, void* dq, void* dk,
                             void* dv) {
  const auto groups = groups_of(s);
  const int64_t tasks = static_cast<int64_t>(groups.size()) * s.key_heads, shared = s.heads / s.key_heads;
#pragma omp parallel for schedule(dynamic)
  for (int64_t t = 0; t < tasks; t++) {
    PairRoom& w = pair_room;
    const Task task(s, groups[t / s.key_heads]);
    const int64_t key_head = t % s.key_heads, count = task.keys * task.width;
    read_keys(task, static_cast<const bf16*>(k), static_cast<const bf16*>(v), key_head, w, true);
    float *key_slopes = w.key_slopes.of<float>(count), *value_slopes = w.value_slopes.of<float>(count);
    std::memset(key_slopes, 0, count * sizeof(float));
    std::memset(value_slopes, 0, count * sizeof(float));
    for (int64_t head = key_head * shared; head < (key_head + 1) * shared; head++) {
      attend_gradient(task, static_cast<const bf16*>(q), static_cast<const bf16*>(out), normalizers, static_cast<const bf16*>(dout), static_cast<bf16*>(dq), head, w);
    }
    for (const auto& piece : task.pieces) {
      for (int64_t i = 0; i < piece.length; i++) {
        const int64_t token = piece.token + i, row = (piece.position + i) * task.width, place = s.key(token, key_head);
        write_row(s, key_slopes + row, token, s.rotary > 0, static_cast<bf16*>(dk) + place);
        write_row(s, value_slopes + row, token, false, static_cast<bf16*>(dv) + place);
      }
    }
  }
}

}  // namespace kernels
