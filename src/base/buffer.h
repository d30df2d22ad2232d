#pragma once
#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/bytes.h"

namespace plenum {

/// Move-only memory for one datagram, from a free list of the current thread: taking and giving
/// back neither locks nor calls malloc once the list is warm. Large enough for any datagram that
/// media may use (MTU 1500) with room behind it for the SRTP tag.
class Buffer {
 public:
  static constexpr std::size_t kCapacity = 2048;

  Buffer() = default;
  /// A buffer of kCapacity bytes of which none counts as filled yet.
  static Buffer allocate();
  /// A buffer that holds a copy. bytes.size() must not exceed kCapacity.
  static Buffer copy_of(Bytes bytes);
  /// The same in no more memory than it needs, for what is kept: storage() is then not much larger.
  static Buffer compact_copy_of(Bytes bytes);
  /// Moves what is filled into a smaller cell if there is one that holds it.
  void compact();
  /// Empties the free lists of the current thread.
  static void release_free();

  Buffer(Buffer&& o) noexcept
      : cell_(std::exchange(o.cell_, nullptr)), size_(std::exchange(o.size_, 0)), kind_(o.kind_) {}
  Buffer& operator=(Buffer&& o) noexcept {
    if (this != &o) {
      release();
      cell_ = std::exchange(o.cell_, nullptr);
      size_ = std::exchange(o.size_, 0);
      kind_ = o.kind_;
    }
    return *this;
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { release(); }

  explicit operator bool() const { return cell_ != nullptr; }
  std::size_t size() const { return size_; }
  void resize(std::size_t n) {
    assert(cell_ && n <= kCapacities[kind_]);
    size_ = static_cast<std::uint32_t>(n);
  }
  Bytes bytes() const { return {cell_, size_}; }
  MutableBytes bytes() { return {cell_, size_}; }
  /// All the memory, filled or not.
  MutableBytes storage() { return {cell_, cell_ ? kCapacities[kind_] : 0}; }

 private:
  /// A packet of sound, one of video below the usual MTU of WebRTC (1200 and headers), any.
  static constexpr std::size_t kCapacities[] = {256, 1344, kCapacity};
  static constexpr std::uint8_t kAny = 2;
  explicit Buffer(std::uint8_t kind);
  void release() noexcept;
  std::byte* cell_ = nullptr;
  std::uint32_t size_ = 0;
  std::uint8_t kind_ = kAny;
};

}  // namespace plenum
