// Generators, thread pools, devices.
#include <ATen/Context.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/core/Generator.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/Stream.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <mutex>

#include "common.h"

namespace {

at::Generator borrow_generator(void* handle) {
  return at::Generator(c10::intrusive_ptr<c10::GeneratorImpl>::reclaim_copy(static_cast<c10::GeneratorImpl*>(handle)));
}

void* give_generator(const at::Generator& generator) {
  auto* impl = generator.unsafeGetGeneratorImpl();
  c10::raw::intrusive_ptr::incref(impl);
  return impl;
}

}  // namespace

AT_EXPORT int32_t at_generator_default(int64_t device, void** handle) {
  return alignment::guarded([&] { *handle = give_generator(at::globalContext().defaultGenerator(alignment::unpack_device(device))); });
}

AT_EXPORT int32_t at_generator_new(uint64_t seed, int64_t device, void** handle) {
  return alignment::guarded([&] {
    const auto where = alignment::unpack_device(device);
    auto generator = where.is_cpu() ? at::detail::createCPUGenerator(seed) : at::globalContext().defaultGenerator(where).clone();
    std::lock_guard<std::mutex> lock(generator.mutex());
    generator.set_current_seed(seed);
    *handle = give_generator(generator);
  });
}

AT_EXPORT void at_generator_free(void* handle) {
  c10::raw::intrusive_ptr::decref(static_cast<c10::GeneratorImpl*>(handle));
}

// what: 0 set the seed to *value, 1 get the seed, 2 reseed from the system and return the seed
AT_EXPORT int32_t at_generator_seed(void* handle, int32_t what, uint64_t* value) {
  return alignment::guarded([&] {
    auto generator = borrow_generator(handle);
    std::lock_guard<std::mutex> lock(generator.mutex());
    if (what == 0) {
      generator.set_current_seed(*value);
    } else {
      *value = what == 1 ? generator.current_seed() : generator.seed();
    }
  });
}

AT_EXPORT int32_t at_generator_get_state(void* handle, void** state) {
  return alignment::guarded([&] {
    auto generator = borrow_generator(handle);
    std::lock_guard<std::mutex> lock(generator.mutex());
    *state = alignment::give(generator.get_state());
  });
}

AT_EXPORT int32_t at_generator_set_state(void* handle, void* state) {
  return alignment::guarded([&] {
    auto generator = borrow_generator(handle);
    std::lock_guard<std::mutex> lock(generator.mutex());
    generator.set_state(alignment::borrow(state));
  });
}

AT_EXPORT int32_t at_manual_seed(uint64_t seed) {
  return alignment::guarded([&] { at::manual_seed(seed); });
}

// what: 0 intra-op, 1 inter-op
AT_EXPORT int32_t at_get_threads(int32_t what, int32_t* n) {
  return alignment::guarded([&] { *n = static_cast<int32_t>(what == 0 ? at::get_num_threads() : at::get_num_interop_threads()); });
}

AT_EXPORT int32_t at_set_threads(int32_t what, int32_t n) {
  return alignment::guarded([&] {
    if (what == 0) {
      at::set_num_threads(n);
    } else {
      at::set_num_interop_threads(n);
    }
  });
}

AT_EXPORT int32_t at_cuda_synchronize(int32_t index) {
  return alignment::guarded([&] { at::detail::getCUDAHooks().deviceSynchronize(index); });
}

AT_EXPORT int32_t at_device_count(int32_t type, int32_t* n) {
  return alignment::guarded([&] {
    const auto kind = static_cast<c10::DeviceType>(type);
    *n = c10::impl::hasDeviceGuardImpl(kind) ? c10::impl::getDeviceGuardImpl(kind)->deviceCount() : 0;
  });
}
