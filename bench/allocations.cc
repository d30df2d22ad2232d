#include <atomic>
#include <cstdlib>
#include <new>

#include "bench.h"

namespace {
std::atomic<std::uint64_t> count{0};

void* take(std::size_t n, std::size_t alignment) {
  count.fetch_add(1, std::memory_order_relaxed);
  void* p = alignment ? std::aligned_alloc(alignment, (n + alignment - 1) / alignment * alignment)
                      : std::malloc(n ? n : 1);
  if (!p) throw std::bad_alloc();
  return p;
}
}  // namespace

namespace plenum::bench {
std::uint64_t allocations() { return count.load(std::memory_order_relaxed); }
}  // namespace plenum::bench

void* operator new(std::size_t n) { return take(n, 0); }
void* operator new[](std::size_t n) { return take(n, 0); }
void* operator new(std::size_t n, std::align_val_t a) {
  return take(n, static_cast<std::size_t>(a));
}
void* operator new[](std::size_t n, std::align_val_t a) {
  return take(n, static_cast<std::size_t>(a));
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete[](void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }
