#include "base/buffer.h"

#include <array>
#include <vector>

namespace plenum {
namespace {

constexpr std::align_val_t kAlignment{64};

/// Free cells of one size and one thread. A cell freed on another thread than it was taken from
/// simply changes lists. What lies here is given back to the allocator when the thread ends.
class FreeCells {
 public:
  ~FreeCells() { clear(); }
  void clear() {
    for (std::byte* cell : free_) ::operator delete(cell, kAlignment);
    free_.clear();
  }
  std::byte* take(std::size_t size) {
    if (free_.empty()) return static_cast<std::byte*>(::operator new(size, kAlignment));
    std::byte* cell = free_.back();
    free_.pop_back();
    return cell;
  }
  void give(std::byte* cell) {
    if (free_.size() >= kKeep) return ::operator delete(cell, kAlignment);
    free_.push_back(cell);
  }

 private:
  static constexpr std::size_t kKeep = 1024;  // above it memory goes back to the allocator
  std::vector<std::byte*> free_;
};

using Cells = std::array<FreeCells, 3>;  // by kind

thread_local bool cells_alive = false;
struct CellsHolder {
  CellsHolder() { cells_alive = true; }
  ~CellsHolder() { cells_alive = false; }
  Cells cells;
};
Cells* cells() {
  thread_local CellsHolder holder;
  return cells_alive ? &holder.cells : nullptr;
}

}  // namespace

Buffer::Buffer(std::uint8_t kind) : cell_((*cells())[kind].take(kCapacities[kind])), kind_(kind) {}

Buffer Buffer::allocate() { return Buffer(kAny); }

void Buffer::release_free() {
  if (Cells* all = cells())
    for (FreeCells& of_kind : *all) of_kind.clear();
}

Buffer Buffer::copy_of(Bytes bytes) {
  Buffer b = allocate();
  b.resize(bytes.size());
  if (!bytes.empty()) std::memcpy(b.cell_, bytes.data(), bytes.size());
  return b;
}

Buffer Buffer::compact_copy_of(Bytes bytes) {
  std::uint8_t kind = 0;
  while (kind < kAny && bytes.size() > kCapacities[kind]) ++kind;
  Buffer b(kind);
  b.resize(bytes.size());
  if (!bytes.empty()) std::memcpy(b.cell_, bytes.data(), bytes.size());
  return b;
}

void Buffer::compact() {
  if (cell_ && kind_ > 0 && size_ <= kCapacities[kind_ - 1]) *this = compact_copy_of(bytes());
}

void Buffer::release() noexcept {
  if (!cell_) return;
  if (Cells* all = cells()) {
    (*all)[kind_].give(cell_);
  } else {
    ::operator delete(cell_, kAlignment);  // the thread is ending
  }
  cell_ = nullptr;
}

}  // namespace plenum
