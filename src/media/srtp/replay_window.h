#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

namespace plenum::srtp {

/// Which packet indices were already accepted, RFC 3711 section 3.3.2. Far wider than the RFC's 64,
/// since a retransmission on the original SSRC may be hundreds of packets old.
class ReplayWindow {
 public:
  static constexpr std::uint64_t kSize = 1024;

  /// True if the index was accepted before, or is too old to tell.
  bool is_replay(std::uint64_t index) const {
    if (empty_ || index > highest_) return false;
    return highest_ - index >= kSize || bit(index);
  }
  /// Call only for packets whose authentication succeeded.
  void accept(std::uint64_t index) {
    if (empty_ || index >= highest_ + kSize) {
      words_.fill(0);
      highest_ = index;
      empty_ = false;
    }
    for (; highest_ < index;) clear(++highest_);
    set(index);
  }
  /// Highest index accepted so far; meaningful once something was accepted.
  std::uint64_t highest() const { return highest_; }

 private:
  static std::size_t word(std::uint64_t i) { return static_cast<std::size_t>(i % kSize / 64); }
  static std::uint64_t mask(std::uint64_t i) { return std::uint64_t{1} << (i % 64); }
  bool bit(std::uint64_t i) const { return (words_[word(i)] & mask(i)) != 0; }
  void set(std::uint64_t i) { words_[word(i)] |= mask(i); }
  void clear(std::uint64_t i) { words_[word(i)] &= ~mask(i); }

  std::array<std::uint64_t, kSize / 64> words_{};
  std::uint64_t highest_ = 0;
  bool empty_ = true;
};

}  // namespace plenum::srtp
