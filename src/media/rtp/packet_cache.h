#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "media/rtp/packet.h"

namespace plenum::rtp {

/// The last packets of one stream by extended sequence number: what NACKs are answered from.
/// A ring that doubles while packets would be overwritten that are younger than `keep`, so that a
/// slow stream costs little and a fast one still covers a round trip. Allocates only to grow.
class PacketCache {
 public:
  struct Config {
    std::size_t initial_packets = 64;
    std::size_t max_packets = 1024;  // both are rounded up to a power of two
    Duration keep = std::chrono::seconds(1);
  };
  PacketCache() : PacketCache(Config()) {}
  explicit PacketCache(Config config);

  /// Keeps the packet; its `arrival` becomes `now`. nullptr: it is there already, or so old that it
  /// may have been: no packet is ever taken twice, even when its first copy is gone.
  /// The pointer and the packet's bytes are valid until the packet is overwritten or expires. A
  /// packet is never overwritten by one with the same `now`, so pointers live at least for the
  /// turn in which they were made; when the ring is full of such packets the new one is refused.
  Packet* insert(Packet&& packet, TimePoint now);
  /// nullptr when it never came, or is gone.
  const Packet* find(ExtSeq seq) const;
  /// Gives back the memory of packets that arrived before now - max_age.
  void expire(TimePoint now, Duration max_age);
  void clear();

  /// The first packet of the latest key frame, while it can still be found.
  void mark_keyframe(ExtSeq seq) { keyframe_ = seq; }
  std::optional<ExtSeq> last_keyframe() const;

  std::optional<ExtSeq> highest() const { return highest_; }
  std::size_t capacity() const { return slots_.size(); }

 private:
  std::size_t index(ExtSeq seq) const { return seq.value() & (slots_.size() - 1); }
  void forget(Packet& packet);
  void grow();

  std::size_t max_;
  Duration keep_;
  std::vector<std::unique_ptr<Packet>> slots_;  // by pointer: growing must not move the packets
  std::optional<ExtSeq> highest_;
  std::optional<ExtSeq> gone_;  // the highest number whose packet was overwritten or expired
  std::optional<ExtSeq> keyframe_;
};

}  // namespace plenum::rtp
