// Memory of large tensors: a range of addresses for themselves, whose pages stay. In the C library's heap a step's graph and its other small
// objects lie between the tensors and keep what they leave from joining, so that a larger one finds no gap and the heap grows.
// ALIGNMENT_ALLOCATOR=0 (or ALIGNMENT_TUNE=0) leaves libtorch's own allocator in place; it also has all small tensors, and what finds no room.
#ifdef __linux__
#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>

namespace {

constexpr size_t Large = 64 << 10;
constexpr size_t Line = 64;  // of the cache

// Gaps join; a block comes from the smallest gap that holds it, of several from the first.
class Range {
 public:
  Range() {
    const size_t bytes = static_cast<size_t>(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGESIZE);  // more is refused, as the heap would
    void* start = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (start != MAP_FAILED) {
      begin_ = static_cast<char*>(start);
      end_ = begin_ + bytes;
      add_gap(begin_, bytes);
    }
  }

  bool holds(const void* p) const {
    return p >= begin_ && p < end_;
  }

  void* take(size_t wanted) {
    if (wanted > static_cast<size_t>(end_ - begin_)) {
      return nullptr;
    }
    const size_t bytes = (wanted + Line - 1) / Line * Line + Line;  // a line more, so that tensors of whole pages do not all begin at the same place of one
    std::lock_guard<std::mutex> lock(mutex_);
    const auto found = by_size_.lower_bound({bytes, nullptr});
    if (found == by_size_.end()) {
      return nullptr;
    }
    const auto [size, start] = *found;
    remove_gap(start, size);
    if (size > bytes) {
      add_gap(start + bytes, size - bytes);
    }
    blocks_.emplace(start, bytes);
    return start;
  }

  void give(void* p) {
    std::lock_guard<std::mutex> lock(mutex_);
    const auto block = blocks_.find(static_cast<char*>(p));
    auto [start, size] = *block;
    blocks_.erase(block);
    const auto next = gaps_.lower_bound(start);
    if (next != gaps_.end() && next->first == start + size) {
      size += next->second;
      remove_gap(next->first, next->second);
    }
    const auto after = gaps_.lower_bound(start);
    if (after != gaps_.begin()) {
      const auto [before, length] = *std::prev(after);
      if (before + length == start) {
        remove_gap(before, length);
        add_gap(before, length + size);
        return;
      }
    }
    add_gap(start, size);
  }

 private:
  void add_gap(char* start, size_t size) {
    gaps_.emplace(start, size);
    by_size_.emplace(size, start);
  }

  void remove_gap(char* start, size_t size) {
    gaps_.erase(start);
    by_size_.erase({size, start});
  }

  char *begin_ = nullptr, *end_ = nullptr;
  std::mutex mutex_;
  std::map<char*, size_t> gaps_, blocks_;
  std::set<std::pair<size_t, char*>> by_size_;
};

Range& range() {
  static Range& one = *new Range;  // tensors may outlive what ends with the process
  return one;
}

void release(void* p) {
  if (range().holds(p)) {
    range().give(p);
  } else {
    c10::GetDefaultCPUAllocator()->raw_deleter()(p);
  }
}

// libtorch's versions differ in what of this is const and what is there to be overridden.
struct LargeTensors final : c10::Allocator {
  c10::DataPtr allocate(size_t bytes) const {
    void* p = bytes >= Large ? range().take(bytes) : nullptr;
    return p == nullptr ? c10::GetDefaultCPUAllocator()->allocate(bytes) : c10::DataPtr(p, p, &release, c10::Device(c10::DeviceType::CPU));
  }

  c10::DataPtr allocate(size_t bytes) {
    return static_cast<const LargeTensors*>(this)->allocate(bytes);
  }

  c10::DeleterFnPtr raw_deleter() const {
    return &release;
  }

  void copy_data(void* to, const void* from, size_t bytes) const {
    std::memcpy(to, from, bytes);
  }
};

bool is_off(const char* variable) {
  const char* value = std::getenv(variable);
  std::string text = value == nullptr ? "" : value;
  text.erase(0, text.find_first_not_of(" \t"));
  text.erase(text.find_last_not_of(" \t") + 1);
  for (const char* no : {"0", "false", "off", "no"}) {
    if (strcasecmp(text.c_str(), no) == 0) {
      return true;
    }
  }
  return false;
}

// Where the system promises no more memory than it has, a range would take all of what it promises.
bool is_counted() {
  std::ifstream file("/proc/sys/vm/overcommit_memory");
  int mode = 0;
  return file >> mode && mode == 2;
}

const bool installed = [] {
  if (is_off("ALIGNMENT_TUNE") || is_off("ALIGNMENT_ALLOCATOR") || is_counted()) {
    return false;
  }
  c10::SetCPUAllocator(new LargeTensors);
  return true;
}();

}  // namespace
#endif
