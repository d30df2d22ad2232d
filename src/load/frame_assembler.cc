#include "load/frame_assembler.h"

#include <algorithm>

namespace plenum::load {

void FrameAssembler::restart() {
  waiting_.clear();
  next_.reset();
  in_frame_ = decodable_ = false;
}

void FrameAssembler::on_packet(const FramePacket& packet) {
  const std::uint64_t seq = packet.seq.value();
  if (!next_) next_ = seq;
  if (seq < *next_) return;
  if (seq > *next_) {
    insert(packet);
    skip_to_keyframe();
    return;
  }
  consume(packet);
  if (waiting_.empty()) return;
  auto it = waiting_.begin();
  while (it != waiting_.end() && it->seq.value() == *next_) consume(*it++);
  waiting_.erase(waiting_.begin(), it);
}

void FrameAssembler::insert(const FramePacket& packet) {
  const auto before = [](const FramePacket& a, ExtSeq seq) { return a.seq < seq; };
  const auto at = std::lower_bound(waiting_.begin(), waiting_.end(), packet.seq, before);
  if (at != waiting_.end() && at->seq == packet.seq) return;
  waiting_.insert(at, packet);
  if (waiting_.size() <= kMaxWaiting) return;
  next_ = waiting_.front().seq.value();
  in_frame_ = decodable_ = false;
  auto it = waiting_.begin();
  while (it != waiting_.end() && it->seq.value() == *next_) consume(*it++);
  waiting_.erase(waiting_.begin(), it);
}

/// When a key frame behind the hole is complete, nothing before it matters any more.
void FrameAssembler::skip_to_keyframe() {
  for (auto first = waiting_.begin(); first != waiting_.end(); ++first) {
    if (!first->start || !first->keyframe) continue;
    auto last = first;
    while (last != waiting_.end() &&
           last->seq.value() - first->seq.value() == static_cast<std::uint64_t>(last - first)) {
      if (!last->end) {
        ++last;
        continue;
      }
      next_ = first->seq.value();
      in_frame_ = false;
      auto it = first;
      while (it != waiting_.end() && it->seq.value() == *next_) consume(*it++);
      waiting_.erase(waiting_.begin(), it);
      return;
    }
  }
}

void FrameAssembler::consume(const FramePacket& packet) {
  ++*next_;
  if (packet.padding_only) return;
  if (!in_frame_ || frame_.timestamp != packet.timestamp) {
    in_frame_ = packet.start;
    frame_ = {.timestamp = packet.timestamp};
    if (!in_frame_) {
      decodable_ = false;  // began in the middle of a frame
      return;
    }
  }
  frame_.keyframe |= packet.keyframe;
  if (packet.width) frame_.width = packet.width, frame_.height = packet.height;
  if (packet.captured.value) frame_.captured = packet.captured;
  if (!packet.end) return;
  in_frame_ = false;
  decodable_ |= frame_.keyframe;
  if (decodable_) ready_.push_back(frame_);
}

std::optional<CompleteFrame> FrameAssembler::poll() {
  if (taken_ < ready_.size()) return ready_[taken_++];
  ready_.clear();
  taken_ = 0;
  return std::nullopt;
}

}  // namespace plenum::load
