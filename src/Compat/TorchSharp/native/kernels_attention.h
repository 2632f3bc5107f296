// Causal attention over sequence groups, one task for each group and key head. Keys and values of a task are turned, converted and laid out
// once; queries run in blocks, so that memory grows with the length and not with its square. The scores of the backward pass are made again.
#pragma once

#include <algorithm>
#include <vector>

#include "kernels_isa.h"

namespace {

#if defined(KERNELS_TILES)
constexpr int Lanes = 16, Rows = 8, Panels = 2;  // those of kernels_tiles.h
#elif defined(__AVX512F__)
constexpr int Lanes = 16, Rows = 4, Panels = 4;  // a tile: Rows x Panels vectors; Rows divides Columns
#elif defined(__AVX2__)
constexpr int Lanes = 8, Rows = 4, Panels = 2;
#else
constexpr int Lanes = 4, Rows = 4, Panels = 2;
#endif
constexpr int Columns = Lanes * Panels;
constexpr int QueryBlock = 32;
#if defined(KERNELS_TILES)
constexpr int WidthStep = Columns;
#else
constexpr int WidthStep = Lanes;
#endif

typedef float vec __attribute__((vector_size(Lanes * sizeof(float)), aligned(4), may_alias));

inline vec splat(float value) {
  return value - vec{};
}

inline vec at(const float* p) {
  return *reinterpret_cast<const vec*>(p);
}

inline void put(float* p, vec value) {
  *reinterpret_cast<vec*>(p) = value;
}

// out[Rows, Columns] = a[Rows, depth] · b[depth, Columns]
inline void product_tile(const float* a, int64_t a_stride, const float* b, int64_t depth, float* out, int64_t out_stride) {
  vec sum[Rows][Panels] = {};
  for (int64_t d = 0; d < depth; d++) {
    vec column[Panels];
    for (int c = 0; c < Panels; c++) {
      column[c] = at(b + d * Columns + c * Lanes);
    }
#pragma GCC unroll 8
    for (int r = 0; r < Rows; r++) {
      const vec value = splat(a[r * a_stride + d]);
#pragma GCC unroll 8
      for (int c = 0; c < Panels; c++) {
        sum[r][c] += value * column[c];
      }
    }
  }
  for (int r = 0; r < Rows; r++) {
    for (int c = 0; c < Panels; c++) {
      put(out + r * out_stride + c * Lanes, sum[r][c]);
    }
  }
}

// out[Rows, vectors] += Σ_k a(r, k) · b[k, ...], a(r, k) = a[r · row_step + k · k_step]
template <int Vectors>
inline void accumulate_tile(const float* a, int64_t row_step, int64_t k_step, const float* b, int64_t b_stride, int64_t depth, float* out, int64_t out_stride) {
  vec sum[Rows][Vectors];
  for (int r = 0; r < Rows; r++) {
    for (int c = 0; c < Vectors; c++) {
      sum[r][c] = at(out + r * out_stride + c * Lanes);
    }
  }
  for (int64_t k = 0; k < depth; k++) {
    vec row[Vectors];
    for (int c = 0; c < Vectors; c++) {
      row[c] = at(b + k * b_stride + c * Lanes);
    }
#pragma GCC unroll 8
    for (int r = 0; r < Rows; r++) {
      const vec value = splat(a[r * row_step + k * k_step]);
#pragma GCC unroll 8
      for (int c = 0; c < Vectors; c++) {
        sum[r][c] += value * row[c];
      }
    }
  }
  for (int r = 0; r < Rows; r++) {
    for (int c = 0; c < Vectors; c++) {
      put(out + r * out_stride + c * Lanes, sum[r][c]);
    }
  }
}

// out[rows, width] += a · b; rows a multiple of Rows, width of Lanes.
inline void accumulate(const float* a, int64_t row_step, int64_t k_step, const float* b, int64_t depth, float* out, int64_t rows, int64_t width) {
  constexpr int64_t Piece = 128;  // of b stays in the first cache
  for (int64_t k = 0; k < depth; k += Piece) {
    const int64_t length = std::min(Piece, depth - k);
    for (int64_t r = 0; r < rows; r += Rows) {
      const float* left = a + r * row_step + k * k_step;
      int64_t c = 0;
      for (; c + Panels * Lanes <= width; c += Panels * Lanes) {
        accumulate_tile<Panels>(left, row_step, k_step, b + k * width + c, width, length, out + r * width + c, width);
      }
      for (; c < width; c += Lanes) {
        accumulate_tile<1>(left, row_step, k_step, b + k * width + c, width, length, out + r * width + c, width);
      }
    }
  }
}

// A piece of a group that is consecutive in time: the prefix or a continuation. `first` is its first token in the group's padded keys.
struct Piece {
  int64_t token, length, position, padded;
};

struct Task {
  const AttentionShape& shape;
  std::vector<Piece> pieces;
  int64_t width, keys, longest;  // padded head size, padded keys, most padded keys that a query sees

  Task(const AttentionShape& s, const int64_t* group) : shape(s), keys(0), longest(0) {
    width = up_to(s.head_size, WidthStep);
    int64_t token = group[0];
    const auto add = [&](int64_t length) {
      pieces.push_back({token, length, keys, up_to(length, Columns)});
      token += length;
      keys += up_to(length, Columns);
    };
    add(group[1]);
    const int64_t prefix = keys;
    longest = prefix;
    for (int64_t i = 0; i < group[2]; i++) {
      add(group[3 + i]);
      longest = std::max(longest, prefix + pieces.back().padded);
    }
  }
};

// One head's row as float32, turned by its position's angles (back: turned back), padded with zeros.
template <typename T>
inline void read_row(const AttentionShape& s, const T* in, int64_t token, bool turns, float* out, int64_t width) {
#pragma omp simd
  for (int64_t i = 0; i < s.head_size; i++) {
    out[i] = load(in + i);
  }
  for (int64_t i = s.head_size; i < width; i++) {
    out[i] = 0;
  }
  if (turns) {
    const int64_t half = s.rotary / 2;
    const float *cos = s.cos + token * half, *sin = s.sin + token * half;
#pragma omp simd
    for (int64_t i = 0; i < half; i++) {
      const float a = out[i], b = out[i + half];
      out[i] = a * cos[i] - b * sin[i];
      out[i + half] = b * cos[i] + a * sin[i];
    }
  }
}

template <typename T>
inline void write_row(const AttentionShape& s, float* in, int64_t token, bool turns, T* out) {
  if (turns) {
    const int64_t half = s.rotary / 2;
    const float *cos = s.cos + token * half, *sin = s.sin + token * half;
#pragma omp simd
    for (int64_t i = 0; i < half; i++) {
      const float a = in[i], b = in[i + half];
      in[i] = a * cos[i] + b * sin[i];
      in[i + half] = b * cos[i] - a * sin[i];
    }
  }
#pragma omp simd
  for (int64_t i = 0; i < s.head_size; i++) {
    store(out + i, in[i]);
  }
}

// rows [keys, width] to panels [keys / Columns][width][Columns]
inline void to_panels(const float* rows, int64_t keys, int64_t width, float* panels) {
  for (int64_t k = 0; k < keys; k += Columns) {
    float* panel = panels + k * width;
    for (int64_t i = 0; i < Columns; i++) {
      for (int64_t d = 0; d < width; d++) {
        panel[d * Columns + i] = rows[(k + i) * width + d];
      }
    }
  }
}

// Memory of one thread, kept from call to call.
struct Workspace {
  std::vector<float> keys, values, key_panels, value_panels, queries, slopes, mixed, scores, weights, key_slopes, value_slopes, query_slopes, deltas;
};

thread_local Workspace workspace;

inline float* room(std::vector<float>& memory, int64_t count) {
  if (static_cast<int64_t>(memory.size()) < count) {
    memory.resize(count);
  }
  return memory.data();
}

template <typename T>
void read_keys(const Task& task, const T* k, const T* v, int64_t head, Workspace& w, bool backward) {
  const auto& s = task.shape;
  float *keys = room(w.keys, task.keys * task.width), *values = room(w.values, task.keys * task.width);
  for (const auto& piece : task.pieces) {
    for (int64_t i = 0; i < piece.padded; i++) {
      float *key = keys + (piece.position + i) * task.width, *value = values + (piece.position + i) * task.width;
      if (i >= piece.length) {
        std::memset(key, 0, task.width * sizeof(float));
        std::memset(value, 0, task.width * sizeof(float));
        continue;
      }
      const int64_t token = piece.token + i;
      read_row(s, k + s.key(token, head), token, s.rotary > 0, key, task.width);
      read_row(s, v + s.key(token, head), token, false, value, task.width);
    }
  }
  to_panels(keys, task.keys, task.width, room(w.key_panels, task.keys * task.width));
  if (backward) {
    to_panels(values, task.keys, task.width, room(w.value_panels, task.keys * task.width));
  }
}

// What a block of queries of a piece sees: the prefix, then its own piece up to the last of them; the two ranges of padded keys lie side by side in the scores.
struct Seen {
  int64_t prefix, prefix_padded, own_position, own_padded;
};

inline Seen seen_by(const Task& task, size_t piece, int64_t from, int64_t rows) {
  const auto& own = task.pieces[piece];
  const auto& prefix = task.pieces[0];
  return {piece == 0 ? 0 : prefix.length, piece == 0 ? 0 : prefix.padded, own.position, up_to(std::min(from + rows, own.length), Columns)};
}

// scores[QueryBlock, stride] = rows · panelsᵀ
inline void products(const float* rows, const float* panels, const Seen& seen, int64_t width, float* scores, int64_t stride) {
  for (int64_t c = 0; c < seen.prefix_padded + seen.own_padded; c += Columns) {
    const int64_t key = c < seen.prefix_padded ? c : seen.own_position + c - seen.prefix_padded;
    for (int64_t r = 0; r < QueryBlock; r += Rows) {
      product_tile(rows + r * width, width, panels + key * width, width, scores + r * stride + c, stride);
    }
  }
}

template <typename T>
void attend(const Task& task, const T* q, T* out, float* normalizers, int64_t head, Workspace& w) {
  const auto& s = task.shape;
  const int64_t stride = task.longest;
  float *rows = room(w.queries, QueryBlock * task.width), *scores = room(w.scores, QueryBlock * stride), *mixed = room(w.mixed, QueryBlock * task.width);
  for (size_t p = 0; p < task.pieces.size(); p++) {
    const auto& piece = task.pieces[p];
    for (int64_t from = 0; from < piece.length; from += QueryBlock) {
      const int64_t count = std::min<int64_t>(QueryBlock, piece.length - from);
      std::memset(rows, 0, QueryBlock * task.width * sizeof(float));
      for (int64_t i = 0; i < count; i++) {
        const int64_t token = piece.token + from + i;
        read_row(s, q + s.query(token, head), token, s.rotary > 0, rows + i * task.width, task.width);
      }
      const Seen seen = seen_by(task, p, from, QueryBlock);
      const int64_t total = seen.prefix_padded + seen.own_padded;
      products(rows, w.key_panels.data(), seen, task.width, scores, stride);
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
        for (int64_t c = seen.prefix; c < seen.prefix_padded; c++) {
          line[c] = 0;
        }
#pragma omp simd reduction(+ : sum)
        for (int64_t c = seen.prefix_padded; c < own; c++) {
          line[c] = exponential((line[c] - largest) * s.scale);
          sum += line[c];
        }
        for (int64_t c = own; c < total; c++) {
          line[c] = 0;
        }
        if (i < count) {
          normalizers[head * s.tokens + piece.token + from + i] = largest * s.scale + std::log(sum);
        }
        const float factor = 1.0f / sum;
#pragma omp simd
        for (int64_t c = 0; c < own; c++) {
          line[c] *= factor;
        }
      }
      std::memset(mixed, 0, QueryBlock * task.width * sizeof(float));
      accumulate(scores, stride, 1, w.values.data(), seen.prefix_padded, mixed, QueryBlock, task.width);
      accumulate(scores + seen.prefix_padded, stride, 1, w.values.data() + seen.own_position * task.width, seen.own_padded, mixed, QueryBlock, task.width);
      for (int64_t i = 0; i < count; i++) {
        write_row(s, mixed + i * task.width, 0, false, out + ((piece.token + from + i) * s.heads + head) * s.head_size);
      }
    }
  }
}

template <typename T>
void attend_gradient(const Task& task, const T* q, const T* out, const float* normalizers, const T* dout, T* dq, int64_t head, Workspace& w) {
  const auto& s = task.shape;
  const int64_t stride = task.longest, block = QueryBlock * task.width;
  float *rows = room(w.queries, block), *slopes = room(w.slopes, block), *query_slopes = room(w.query_slopes, block), *mixed = room(w.mixed, task.width);
  float *weights = room(w.weights, QueryBlock * stride), *scores = room(w.scores, QueryBlock * stride), *deltas = room(w.deltas, QueryBlock);
  for (size_t p = 0; p < task.pieces.size(); p++) {
    const auto& piece = task.pieces[p];
    for (int64_t from = 0; from < piece.length; from += QueryBlock) {
      const int64_t count = std::min<int64_t>(QueryBlock, piece.length - from);
      std::memset(rows, 0, block * sizeof(float));
      std::memset(slopes, 0, block * sizeof(float));
      for (int64_t i = 0; i < count; i++) {
        const int64_t token = piece.token + from + i, place = (token * s.heads + head) * s.head_size;
        read_row(s, q + s.query(token, head), token, s.rotary > 0, rows + i * task.width, task.width);
        read_row(s, dout + place, token, false, slopes + i * task.width, task.width);
        read_row(s, out + place, token, false, mixed, task.width);
        float delta = 0;
#pragma omp simd reduction(+ : delta)
        for (int64_t d = 0; d < task.width; d++) {
          delta += mixed[d] * slopes[i * task.width + d];
        }
        deltas[i] = delta;
      }
      const Seen seen = seen_by(task, p, from, QueryBlock);
      const int64_t total = seen.prefix_padded + seen.own_padded;
      products(rows, w.key_panels.data(), seen, task.width, weights, stride);
      products(slopes, w.value_panels.data(), seen, task.width, scores, stride);
      for (int64_t i = 0; i < QueryBlock; i++) {
        float *line = weights + i * stride, *slope = scores + i * stride;
        if (i >= count) {
          std::memset(line, 0, total * sizeof(float));
          std::memset(slope, 0, total * sizeof(float));
          continue;
        }
        const int64_t own = seen.prefix_padded + from + i + 1;
        const float normalizer = normalizers[head * s.tokens + piece.token + from + i], delta = deltas[i];
#pragma omp simd
        for (int64_t c = 0; c < own; c++) {
          line[c] = exponential(line[c] * s.scale - normalizer);
          slope[c] = line[c] * (slope[c] - delta) * s.scale;
        }
        for (int64_t c = seen.prefix; c < seen.prefix_padded; c++) {
          line[c] = slope[c] = 0;
        }
        for (int64_t c = own; c < total; c++) {
          line[c] = slope[c] = 0;
        }
      }
      std::memset(query_slopes, 0, block * sizeof(float));
      const auto add = [&](int64_t column, int64_t key, int64_t length) {
        accumulate(scores + column, stride, 1, w.keys.data() + key * task.width, length, query_slopes, QueryBlock, task.width);
        accumulate(scores + column, 1, stride, rows, QueryBlock, w.key_slopes.data() + key * task.width, length, task.width);
        accumulate(weights + column, 1, stride, slopes, QueryBlock, w.value_slopes.data() + key * task.width, length, task.width);
      };
      add(0, 0, seen.prefix_padded);
      add(seen.prefix_padded, seen.own_position, seen.own_padded);
      for (int64_t i = 0; i < count; i++) {
        const int64_t token = piece.token + from + i;
        write_row(s, query_slopes + i * task.width, token, s.rotary > 0, dq + s.query(token, head));
      }
    }
  }
}

std::vector<const int64_t*> groups_of(const AttentionShape& s) {
  std::vector<const int64_t*> groups;
  const int64_t* next = s.groups + 1;
  for (int64_t i = 0; i < s.groups[0]; i++) {
    groups.push_back(next);
    next += 3 + next[2];
  }
  return groups;
}

template <typename T>
void attention_of(const AttentionShape& s, const T* q, const T* k, const T* v, T* out, float* normalizers) {
  const auto groups = groups_of(s);
  const int64_t tasks = static_cast<int64_t>(groups.size()) * s.key_heads, shared = s.heads / s.key_heads;
#pragma omp parallel for schedule(dynamic)
  for (int64_t t = 0; t < tasks; t++) {
    Workspace& w = workspace;
    const Task task(s, groups[t / s.key_heads]);
    const int64_t key_head = t % s.key_heads;
    read_keys(task, k, v, key_head, w, false);
    for (int64_t head = key_head * shared; head < (key_head + 1) * shared; head++) {
      attend(task, q, out, normalizers, head, w);
    }
  }
}

void attention(const AttentionShape* shape, const void* q, const void* k, const void* v, void* out, float* normalizers) {
  if (shape->type == 0) {
    attention_of(*shape, static_cast<const float*>(q), static_cast<const float*>(k), static_cast<const float*>(v), static_cast<float*>(out), normalizers);
  } else {
    attention_of(*shape, static_cast<const bf16*>(q), static_cast<const bf16*>(k), static_cast<const bf16*>(v), static_cast<bf16*>(out), normalizers);
  }
}

template <typename T>
void attention_gradient_of(const AttentionShape& s, const T* q, const T* k, const T* v, const T* out, const float* normalizers, const T* dout, T* dq, T* dk, T* dv) {
  const auto groups = groups_of(s);
  const int64_t tasks = static_cast<int64_t>(groups.size()) * s.key_heads, shared = s.heads / s.key_heads;
#pragma omp parallel for schedule(dynamic)
  for (int64_t t = 0; t < tasks; t++) {
    Workspace& w = workspace;
    const Task task(s, groups[t / s.key_heads]);
    const int64_t key_head = t % s.key_heads;
    read_keys(task, k, v, key_head, w, true);
    const int64_t count = task.keys * task.width;
    float *key_slopes = room(w.key_slopes, count), *value_slopes = room(w.value_slopes, count);
    std::memset(key_slopes, 0, count * sizeof(float));
    std::memset(value_slopes, 0, count * sizeof(float));
    for (int64_t head = key_head * shared; head < (key_head + 1) * shared; head++) {
      attend_gradient(task, q, out, normalizers, dout, dq, head, w);
    }
    for (const auto& piece : task.pieces) {
      for (int64_t i = 0; i < piece.length; i++) {
        const int64_t token = piece.token + i, row = (piece.position + i) * task.width;
        write_row(s, key_slopes + row, token, s.rotary > 0, dk + s.key(token, key_head));
        write_row(s, value_slopes + row, token, false, dv + s.key(token, key_head));
      }
    }
  }
}

void attention_gradient(const AttentionShape* shape, const void* q, const void* k, const void* v, const void* out, const float* normalizers, const void* dout, void* dq, void* dk,
                        void* dv) {
  if (shape->type == 0) {
    attention_gradient_of(*shape, static_cast<const float*>(q), static_cast<const float*>(k), static_cast<const float*>(v), static_cast<const float*>(out), normalizers,
                          static_cast<const float*>(dout), static_cast<float*>(dq), static_cast<float*>(dk), static_cast<float*>(dv));
  } else {
    attention_gradient_of(*shape, static_cast<const bf16*>(q), static_cast<const bf16*>(k), static_cast<const bf16*>(v), static_cast<const bf16*>(out), normalizers,
                          static_cast<const bf16*>(dout), static_cast<bf16*>(dq), static_cast<bf16*>(dk), static_cast<bf16*>(dv));
  }
}

}  // namespace
