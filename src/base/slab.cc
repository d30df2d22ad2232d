#include "base/slab.h"

#include <sys/mman.h>

#include <array>
#include <cstdint>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PLENUM_PLAIN_HEAP 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define PLENUM_PLAIN_HEAP 1
#endif
#endif

namespace plenum::slab {
namespace {

void* from_heap(std::size_t size) { return ::operator new (size, std::align_val_t{kAlignment}); }
void to_heap(void* cell) noexcept { ::operator delete (cell, std::align_val_t{kAlignment}); }

#ifndef PLENUM_PLAIN_HEAP
constexpr std::size_t kHugePage = 2 << 20;

/// The free cells of one thread, by size, and the page that new ones are cut from. Trivial, so that
/// it outlives whatever a thread destroys at its end.
struct Cells {
  struct Free {
    Free* next;
  };
  std::array<Free*, kMaxSize / kAlignment> free;  // index: size in units of kAlignment, less one
  std::byte* page;
  std::size_t left;
};
thread_local constinit Cells cells{};

std::size_t index_of(std::size_t size) { return size == 0 ? 0 : (size - 1) / kAlignment; }

void next_page() {
  // Twice as much address space as is kept: what mmap gives is not aligned to a huge page.
  void* mapped = ::mmap(nullptr, 2 * kHugePage, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  auto* begin = static_cast<std::byte*>(mapped);
  const std::size_t before =
      (kHugePage - reinterpret_cast<std::uintptr_t>(begin) % kHugePage) % kHugePage;
  if (before > 0) ::munmap(begin, before);
  if (before < kHugePage) ::munmap(begin + before + kHugePage, kHugePage - before);
  ::madvise(begin + before, kHugePage, MADV_HUGEPAGE);  // ordinary pages where that is forbidden
  cells.page = begin + before;
  cells.left = kHugePage;
}
#endif

}  // namespace

#ifdef PLENUM_PLAIN_HEAP
void* take(std::size_t size) { return from_heap(size); }
void give(void* cell, std::size_t) noexcept { to_heap(cell); }
#else
void* take(std::size_t size) {
  if (size > kMaxSize) return from_heap(size);
  const std::size_t index = index_of(size);
  if (Cells::Free* cell = cells.free[index]) {
    cells.free[index] = cell->next;
    return cell;
  }
  const std::size_t bytes = (index + 1) * kAlignment;
  if (cells.left < bytes) next_page();  // what was left is less than one object: not worth keeping
  std::byte* cell = cells.page;
  cells.page += bytes;
  cells.left -= bytes;
  return cell;
}

void give(void* cell, std::size_t size) noexcept {
  if (!cell) return;
  if (size > kMaxSize) return to_heap(cell);
  const std::size_t index = index_of(size);
  cells.free[index] = new (cell) Cells::Free{cells.free[index]};
}
#endif

}  // namespace plenum::slab
