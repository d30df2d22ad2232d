#include "media/rtcp/nack_tracker.h"

#include <algorithm>
#include <utility>

namespace plenum::rtcp {

bool NackTracker::on_packet(ExtSeq seq, TimePoint now) {
  const std::uint64_t s = seq.value();
  if (!started_) {
    started_ = true;
    highest_ = s;
    return false;
  }
  if (s > highest_) {
    if (s - highest_ > 1) add_holes(highest_ + 1, s - 1, now);
    highest_ = s;
    hasten_reordered(now);
    return false;
  }
  const auto it = std::lower_bound(missing_.begin(), missing_.end(), seq,
                                   [](const Hole& h, ExtSeq v) { return h.seq < v; });
  if (it == missing_.end() || it->seq != seq) return false;
  const bool was_next = it->due == next_;
  missing_.erase(it);
  if (was_next) find_next();
  return true;
}

void NackTracker::add_holes(std::uint64_t first, std::uint64_t last, TimePoint now) {
  if (last - first >= config_.max_missing ||
      missing_.size() + (last - first + 1) > config_.max_missing) {
    missing_.clear();
    next_ = kNever;
    keyframe_needed_ = true;
    return;
  }
  const TimePoint due = now + config_.reorder_tolerance;
  for (std::uint64_t s = first; s <= last; ++s) missing_.push_back({ExtSeq(s), due});
  next_ = std::min(next_, due);
}

void NackTracker::hasten_reordered(TimePoint now) {
  if (config_.reorder_packets == 0) return;
  // Only the newest holes can still be waiting for the first time; those before were hastened.
  for (std::size_t i = missing_.size(); i > 0; --i) {
    Hole& h = missing_[i - 1];
    if (highest_ - h.seq.value() < config_.reorder_packets) continue;
    if (h.requests > 0 || h.due <= now) return;
    h.due = now;
    next_ = std::min(next_, now);
  }
}

Duration NackTracker::repeat_interval() const {
  // A quarter more than the round trip, for its jitter; within what makes sense on any path.
  return std::clamp<Duration>(rtt_ + rtt_ / 4, 20ms, 500ms);
}

std::size_t NackTracker::poll(TimePoint now, std::span<ExtSeq> out) {
  if (now < next_) return 0;
  std::size_t asked = 0;
  std::size_t kept = 0;
  for (Hole& h : missing_) {
    const bool due = h.due <= now;
    if (due && h.requests >= config_.max_requests) {
      ++given_up_;
      continue;
    }
    if (due && asked < out.size()) {
      out[asked++] = h.seq;
      ++h.requests;
      h.due = now + repeat_interval();
    }
    missing_[kept++] = h;
  }
  missing_.resize(kept, Hole{});
  find_next();
  return asked;
}

void NackTracker::forget_before(ExtSeq seq) {
  const auto end = std::lower_bound(missing_.begin(), missing_.end(), seq,
                                    [](const Hole& h, ExtSeq v) { return h.seq < v; });
  if (end == missing_.begin()) return;
  missing_.erase(missing_.begin(), end);
  find_next();
}

bool NackTracker::take_keyframe_needed() { return std::exchange(keyframe_needed_, false); }

void NackTracker::find_next() {
  next_ = kNever;
  for (const Hole& h : missing_) next_ = std::min(next_, h.due);
}

}  // namespace plenum::rtcp
