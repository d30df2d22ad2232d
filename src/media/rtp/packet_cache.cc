#include "media/rtp/packet_cache.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace plenum::rtp {

PacketCache::PacketCache(Config config)
    : max_(std::bit_ceil(std::max(config.max_packets, config.initial_packets))),
      keep_(config.keep),
      slots_(std::bit_ceil(config.initial_packets)) {}

Packet* PacketCache::insert(Packet&& packet, TimePoint now) {
  const ExtSeq seq = packet.seq;
  if (highest_ && seq.value() + max_ <= highest_->value()) return nullptr;
  if (gone_ && seq <= *gone_) return nullptr;
  for (;;) {
    std::unique_ptr<Packet>& slot = slots_[index(seq)];
    if (!slot) slot = std::make_unique<Packet>();
    if (slot->buffer) {
      if (slot->seq == seq) return nullptr;
      const bool too_young = slot->arrival + keep_ > now;
      if (too_young && slots_.size() < max_) {
        grow();
        continue;
      }
      if (slot->seq > seq || slot->arrival == now) return nullptr;
      forget(*slot);
    }
    *slot = std::move(packet);
    slot->arrival = now;
    if (!highest_ || seq > *highest_) highest_ = seq;
    return slot.get();
  }
}

const Packet* PacketCache::find(ExtSeq seq) const {
  const Packet* p = slots_[index(seq)].get();
  return p && p->buffer && p->seq == seq ? p : nullptr;
}

std::optional<ExtSeq> PacketCache::last_keyframe() const {
  if (keyframe_ && find(*keyframe_)) return keyframe_;
  return std::nullopt;
}

void PacketCache::expire(TimePoint now, Duration max_age) {
  for (std::unique_ptr<Packet>& slot : slots_)
    if (slot && slot->buffer && slot->arrival < now - max_age) forget(*slot);
}

void PacketCache::clear() {
  for (std::unique_ptr<Packet>& slot : slots_)
    if (slot) slot->buffer = Buffer();
  highest_.reset();
  gone_.reset();
  keyframe_.reset();
}

void PacketCache::forget(Packet& packet) {
  if (!gone_ || packet.seq > *gone_) gone_ = packet.seq;
  packet.buffer = Buffer();
}

void PacketCache::grow() {
  std::vector<std::unique_ptr<Packet>> old(slots_.size() * 2);
  old.swap(slots_);
  // Two packets that did not share a slot do not share one of twice as many.
  for (std::unique_ptr<Packet>& p : old)
    if (p && p->buffer) slots_[index(p->seq)] = std::move(p);
}

}  // namespace plenum::rtp
