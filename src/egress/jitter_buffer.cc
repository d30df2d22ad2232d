#include "egress/jitter_buffer.h"

#include <algorithm>
#include <utility>

namespace plenum::egress {

void JitterBuffer::push(MediaPacket packet) {
  const std::uint64_t seq = packet.seq.value();
  const std::size_t size = packet.payload.size();
  const TimePoint arrival = packet.arrival;
  if ((next_ && seq < *next_) || !packets_.try_emplace(seq, std::move(packet)).second) {
    ++dropped_;
    return;
  }
  bytes_ += size;
  if (missing_since_) missing_since_ = std::min(*missing_since_, arrival);
  while (packets_.size() > config_.max_packets || bytes_ > config_.max_bytes) {
    take_front();
    gap_ = true;
  }
  look_for_gap();
}

std::optional<Popped> JitterBuffer::pop(TimePoint now) {
  while (!packets_.empty()) {
    if (!front_is_next()) {
      if (!full() && now < *missing_since_ + config_.wait) return std::nullopt;
      gap_ = true;
    }
    MediaPacket packet = take_front();
    look_for_gap();
    if (packet.payload.empty()) continue;
    return Popped{std::move(packet), std::exchange(gap_, false)};
  }
  return std::nullopt;
}

TimePoint JitterBuffer::next_timeout() const {
  if (packets_.empty()) return kNever;
  if (front_is_next() || full()) return packets_.begin()->second.arrival;
  return *missing_since_ + config_.wait;
}

MediaPacket JitterBuffer::take_front() {
  const auto front = packets_.begin();
  MediaPacket packet = std::move(front->second);
  next_ = front->first + 1;
  packets_.erase(front);
  bytes_ -= packet.payload.size();
  missing_since_.reset();
  return packet;
}

void JitterBuffer::look_for_gap() {
  if (packets_.empty() || front_is_next()) {
    missing_since_.reset();
    return;
  }
  if (missing_since_) return;
  missing_since_ = kNever;
  for (const auto& [seq, packet] : packets_)
    missing_since_ = std::min(*missing_since_, packet.arrival);
}

}  // namespace plenum::egress
