#pragma once
#include <cstddef>
#include <new>

namespace plenum::slab {

/// Memory for what a packet's way reads of each receiver. It lies together on huge pages: a room's
/// receivers spread over thousands of ordinary ones would miss the TLB at each step. Cells are of
/// the current thread: taking and giving back neither locks nor, once warm, calls the kernel; a
/// cell given back on another thread changes lists. Pages are never returned. Under a sanitizer
/// this is the ordinary heap, so that it can watch.
inline constexpr std::size_t kAlignment = 64;
inline constexpr std::size_t kMaxSize = 8192;

/// Aligned to kAlignment. Sizes above kMaxSize come from the heap. Throws std::bad_alloc.
void* take(std::size_t size);
/// `size` as it was taken.
void give(void* cell, std::size_t size) noexcept;

/// Base of classes whose objects live there.
struct Object {
  static void* operator new(std::size_t size) { return take(size); }
  static void operator delete(void* cell, std::size_t size) noexcept { give(cell, size); }
};

/// For containers.
template <class T>
struct Allocator {
  using value_type = T;
  Allocator() = default;
  template <class U>
  Allocator(const Allocator<U>&) noexcept {}  // NOLINT(google-explicit-constructor)
  T* allocate(std::size_t n) {
    if (n > static_cast<std::size_t>(-1) / sizeof(T)) throw std::bad_array_new_length();
    return static_cast<T*>(take(n * sizeof(T)));
  }
  void deallocate(T* p, std::size_t n) noexcept { give(p, n * sizeof(T)); }
  friend bool operator==(const Allocator&, const Allocator&) { return true; }
};

}  // namespace plenum::slab
