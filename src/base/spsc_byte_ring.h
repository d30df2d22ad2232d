#pragma once
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>

#include "base/bytes.h"

namespace plenum {

/// Bounded queue of byte records from one producing thread to one consuming thread, like SpscRing
/// but with the bytes inside: what crosses threads is copied once in and read in place, so memory
/// of one thread's slab never ends on another's.
class SpscByteRing {
 public:
  /// Capacity in bytes, rounded up to a power of two.
  explicit SpscByteRing(std::size_t capacity)
      : size_(std::bit_ceil(capacity)), bytes_(std::make_unique<std::byte[]>(size_)) {}
  SpscByteRing(const SpscByteRing&) = delete;
  SpscByteRing& operator=(const SpscByteRing&) = delete;

  /// Producer only: one record of head followed by body. False when it does not fit now.
  bool push(Bytes head, Bytes body) {
    const std::size_t length = head.size() + body.size();
    const std::size_t need = record_size(length);
    const std::size_t tail = tail_.load(std::memory_order_relaxed);
    const std::size_t to_end = size_ - (tail & (size_ - 1));
    const std::size_t skip = need > to_end ? to_end : 0;  // a record never wraps
    if (size_ - (tail - head_seen_) < need + skip) {
      head_seen_ = head_.load(std::memory_order_acquire);
      if (size_ - (tail - head_seen_) < need + skip) return false;
    }
    if (skip) put_length(tail, kSkip);
    const std::size_t at = (tail + skip) & (size_ - 1);
    put_length(at, static_cast<std::uint32_t>(length));
    if (!head.empty()) std::memcpy(&bytes_[at + kLength], head.data(), head.size());
    if (!body.empty()) std::memcpy(&bytes_[at + kLength + head.size()], body.data(), body.size());
    tail_.store(tail + skip + need, std::memory_order_release);
    return true;
  }

  /// Consumer only: the oldest record, valid until pop(); empty span with data() == nullptr if
  /// none.
  Bytes front() {
    const std::size_t head = head_.load(std::memory_order_relaxed);
    if (head == tail_seen_) {
      tail_seen_ = tail_.load(std::memory_order_acquire);
      if (head == tail_seen_) return {};
    }
    std::uint32_t length = get_length(head);
    std::size_t at = head & (size_ - 1);
    if (length == kSkip) {
      head_.store(head + (size_ - at), std::memory_order_release);
      return front();
    }
    return {&bytes_[at + kLength], length};
  }
  /// Consumer only: forgets the record that front() returned.
  void pop() {
    const std::size_t head = head_.load(std::memory_order_relaxed);
    head_.store(head + record_size(get_length(head)), std::memory_order_release);
  }

 private:
  static constexpr std::size_t kLength = 8;  // keeps records aligned for what they begin with
  static constexpr std::uint32_t kSkip = 0xffffffff;
  static std::size_t record_size(std::size_t length) { return kLength + (length + 7) / 8 * 8; }
  void put_length(std::size_t at, std::uint32_t v) {
    std::memcpy(&bytes_[at & (size_ - 1)], &v, sizeof v);
  }
  std::uint32_t get_length(std::size_t at) const {
    std::uint32_t v;
    std::memcpy(&v, &bytes_[at & (size_ - 1)], sizeof v);
    return v;
  }

  std::size_t size_;
  std::unique_ptr<std::byte[]> bytes_;
  alignas(64) std::atomic<std::size_t> head_{0};
  std::size_t tail_seen_ = 0;
  alignas(64) std::atomic<std::size_t> tail_{0};
  std::size_t head_seen_ = 0;
};

}  // namespace plenum
