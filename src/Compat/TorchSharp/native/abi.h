// The C ABI between TorchSharp.dll and libtorch. The managed mirror is Interop/Native.cs; change both together.
//
// - Every function returns a status: 0 done, 1 libtorch refused (at_last_error has the text), 2 a managed callback threw
//   (at_take_callback_error has its handle). No C++ exception leaves a function.
// - A tensor handle is a TensorImpl*, a generator handle a GeneratorImpl*; a handle returned owns one reference.
//   at_tensor_free / at_generator_free give it back, from any thread.
#pragma once

#include <cstdint>

#define AT_EXPORT extern "C" __attribute__((visibility("default")))

enum AtTag : int32_t {
  AT_NONE = 0,
  AT_TENSOR = 1,       // p: handle, null = undefined
  AT_INT = 2,          // i
  AT_DOUBLE = 3,       // d
  AT_BOOL = 4,         // i
  AT_INT_LIST = 5,     // p: int64_t[n]
  AT_DOUBLE_LIST = 6,  // p: double[n]
  AT_TENSOR_LIST = 7,  // p: handle[n], null elements = absent
  AT_STRING = 8,       // p: utf-8, n bytes
  AT_DEVICE = 9,       // i: type | (index & 0xff) << 8
  AT_GENERATOR = 10,   // p: handle
};

struct AtArg {
  int32_t tag;
  int32_t n;
  union {
    int64_t i;
    double d;
    void* p;
  };
};

// Called by a custom function's node. grads[n_grads] are borrowed (null = no gradient); owned handles go to out[n_out].
// Returns 0, or 1 with *error = a managed handle of the exception.
using AtBackward = int32_t (*)(void* context, void* node, void** grads, int32_t n_grads, void** out, int32_t n_out, void** error);
using AtRelease = void (*)(void* context);
