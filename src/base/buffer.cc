#include "base/buffer.h"

#include <memory>
#include <vector>

namespace plenum {
namespace {

/// Free cells of one thread. A cell freed on another thread than it was taken from simply changes
/// lists. What lies here is given back to the allocator when the thread ends.
class Slab {
 public:
  ~Slab() { clear(); }
  void clear() {
    for (std::byte* cell : free_) ::operator delete (cell, std::align_val_t{64});
    free_.clear();
  }
  std::byte* take() {
    if (free_.empty())
      return static_cast<std::byte*>(::operator new (Buffer::kCapacity, std::align_val_t{64}));
    std::byte* cell = free_.back();
    free_.pop_back();
    return cell;
  }
  void give(std::byte* cell) {
    if (free_.size() >= kKeep) return ::operator delete (cell, std::align_val_t{64});
    free_.push_back(cell);
  }

 private:
  static constexpr std::size_t kKeep = 8192;  // 16 MiB; above it memory goes back to the allocator
  std::vector<std::byte*> free_;
};

thread_local bool slab_alive = false;
struct SlabHolder {
  SlabHolder() { slab_alive = true; }
  ~SlabHolder() { slab_alive = false; }
  Slab slab;
};
Slab* slab() {
  thread_local SlabHolder holder;
  return slab_alive ? &holder.slab : nullptr;
}

}  // namespace

Buffer Buffer::allocate() {
  Buffer b;
  b.cell_ = slab()->take();
  return b;
}

void Buffer::release_free() {
  if (Slab* s = slab()) s->clear();
}

Buffer Buffer::copy_of(Bytes bytes) {
  Buffer b = allocate();
  b.resize(bytes.size());
  if (!bytes.empty()) std::memcpy(b.cell_, bytes.data(), bytes.size());
  return b;
}

void Buffer::release() noexcept {
  if (!cell_) return;
  if (Slab* s = slab()) {
    s->give(cell_);
  } else {
    ::operator delete (cell_, std::align_val_t{64});  // the thread is ending
  }
  cell_ = nullptr;
}

}  // namespace plenum
