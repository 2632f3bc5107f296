// What the loops share: number types and an exponential that the compiler can vectorise. Compiled once for each instruction set.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#include "kernels.h"

#ifndef KERNELS_ISA
#define KERNELS_ISA portable
#endif


namespace {

using bf16 = uint16_t;
using kernels::AttentionShape;

inline int64_t up_to(int64_t value, int64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

inline float load(const float* p) {
  return *p;
}

inline float load(const bf16* p) {
  const uint32_t bits = static_cast<uint32_t>(*p) << 16;
  float value;
  std::memcpy(&value, &bits, 4);
  return value;
}

inline void store(float* p, float value) {
  *p = value;
}

// To the nearest, ties to even; NaN stays NaN.
inline void store(bf16* p, float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, 4);
  const uint32_t rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  *p = static_cast<bf16>((bits & 0x7fffffffu) > 0x7f800000u ? 0x7fc0u : rounded);
}

// e^x by 2^n · e^r, |r| ≤ ln 2 / 2, a polynomial of degree 6: about 1 part in 10^7. 0 below -87.
inline float exponential(float x) {
  const float bounded = x < -87.0f ? -87.0f : (x > 88.0f ? 88.0f : x);
  const float shifted = bounded * 1.44269504f + 12582912.0f;  // 1.5 · 2^23: rounds to an integer
  const float n = shifted - 12582912.0f;
  const float r = (bounded - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  const int32_t exponent = (static_cast<int32_t>(n) + 127) << 23;
  float power;
  std::memcpy(&power, &exponent, 4);
  return x < -87.0f ? 0.0f : p * power;
}

}  // namespace
