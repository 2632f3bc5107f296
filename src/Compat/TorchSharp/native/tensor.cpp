// Tensor handles, their metadata, memory of the caller as a tensor, the thread's last error.
#include <ATen/ops/from_blob.h>
#include <torch/version.h>

#include "common.h"

namespace {
thread_local std::string last_error;
thread_local void* last_callback_error = nullptr;
}  // namespace

void alignment::set_error(const char* text) {
  last_error = text;
}

void alignment::set_callback_error(void* handle) {
  last_callback_error = handle;
}

AT_EXPORT const char* at_last_error() {
  return last_error.c_str();
}

AT_EXPORT void* at_take_callback_error() {
  return std::exchange(last_callback_error, nullptr);
}

AT_EXPORT const char* at_version() {
  return TORCH_VERSION;
}

AT_EXPORT void at_tensor_free(void* handle) {
  c10::raw::intrusive_ptr::decref(static_cast<c10::TensorImpl*>(handle));
}

// Another owned reference to the same tensor object.
AT_EXPORT void at_tensor_share(void* handle) {
  c10::raw::intrusive_ptr::incref(static_cast<c10::TensorImpl*>(handle));
}

// what: 0 dtype, 1 device type, 2 device index, 3 dimensions, 4 elements, 5 element size, 6 requires_grad, 7 is_leaf,
// 8 storage offset, 9 contiguous, 10 has grad_fn, 11 layout is sparse, 12 inference tensor, 13 retains grad
AT_EXPORT int32_t at_info(void* handle, int32_t what, int64_t* value) {
  return alignment::guarded([&] {
    const auto tensor = alignment::borrow(handle);
    switch (what) {
      case 0: *value = static_cast<int64_t>(tensor.scalar_type()); break;
      case 1: *value = static_cast<int64_t>(tensor.device().type()); break;
      case 2: *value = tensor.device().index(); break;
      case 3: *value = tensor.dim(); break;
      case 4: *value = tensor.numel(); break;
      case 5: *value = static_cast<int64_t>(tensor.element_size()); break;
      case 6: *value = tensor.requires_grad(); break;
      case 7: *value = tensor.is_leaf(); break;
      case 8: *value = tensor.is_contiguous(); break;
      default: TORCH_CHECK(false, "unknown metadata ", what);
    }
  });
}

AT_EXPORT int32_t at_shape(void* handle, int64_t* sizes, int64_t* strides) {
  return alignment::guarded([&] {
    const auto tensor = alignment::borrow(handle);
    for (int64_t k = 0; k < tensor.dim(); k++) {
      if (sizes != nullptr) {
        sizes[k] = tensor.size(k);
      }
      if (strides != nullptr) {
        strides[k] = tensor.stride(k);
      }
    }
  });
}

AT_EXPORT int32_t at_data(void* handle, void** data) {
  return alignment::guarded([&] { *data = alignment::borrow(handle).data_ptr(); });
}

// A CPU tensor over memory of the caller, who hears through release(context), once and from any thread, that it is free again.
AT_EXPORT int32_t at_from_blob(void* data, const int64_t* sizes, int32_t dims, int32_t dtype, AtRelease release, void* context, void** handle) {
  return alignment::guarded([&] {
    auto options = at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype));
    *handle = alignment::give(at::from_blob(data, at::IntArrayRef(sizes, dims), [release, context](void*) { release(context); }, options));
  });
}
