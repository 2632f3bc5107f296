#pragma once

#include <ATen/core/TensorBase.h>
#include <ATen/core/Tensor.h>
#include <c10/util/Exception.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "abi.h"

namespace alignment {

// A managed exception on its way through libtorch; `handle` is a GCHandle that the managed catcher takes over.
struct CallbackError : std::runtime_error {
  explicit CallbackError(void* h) : std::runtime_error("a managed callback threw"), handle(h) {}
  void* handle;
};

void set_error(const char* text);
void set_callback_error(void* handle);

template <typename F>
int32_t guarded(F&& body) noexcept {
  try {
    body();
    return 0;
  } catch (const CallbackError& e) {
    set_callback_error(e.handle);
    return 2;
  } catch (const c10::Error& e) {
    set_error(e.what_without_backtrace());
  } catch (const std::exception& e) {
    set_error(e.what());
  } catch (...) {
    set_error("an unknown native exception");
  }
  return 1;
}

// A tensor that shares the handle's object; takes a reference of its own.
inline at::Tensor borrow(void* handle) {
  if (handle == nullptr) {
    return at::Tensor();
  }
  auto* impl = static_cast<c10::TensorImpl*>(handle);
  return at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim_copy(impl));
}

// The handle of a tensor, with its reference; null for an undefined one.
inline void* give(at::Tensor tensor) {
  return tensor.defined() ? tensor.unsafeReleaseTensorImpl() : nullptr;
}

inline std::vector<at::Tensor> borrow_list(void** handles, int32_t n) {
  std::vector<at::Tensor> list;
  list.reserve(n);
  for (int32_t k = 0; k < n; k++) {
    list.push_back(borrow(handles[k]));
  }
  return list;
}

inline c10::Device unpack_device(int64_t packed) {
  return c10::Device(static_cast<c10::DeviceType>(packed & 0xff), static_cast<c10::DeviceIndex>(static_cast<int8_t>((packed >> 8) & 0xff)));
}

}  // namespace alignment
