#include "egress/copied_video.h"

#include <algorithm>
#include <utility>

namespace plenum::egress {

CopiedVideo::Layer::Layer(ParticipantClock& participant, codec::Codec codec)
    : clock(participant, codec::clock_rate(codec)),
      assembler(std::make_unique<FrameAssembler>(codec)) {}

CopiedVideo::CopiedVideo(std::shared_ptr<ParticipantClock> clock, codec::Codec codec)
    : clock_(std::move(clock)), codec_(codec) {
  layers_[0] = std::make_unique<Layer>(*clock_, codec_);
}

void CopiedVideo::pin(std::uint8_t highest) {
  highest = std::min<std::uint8_t>(highest, kMaxLayers - 1);
  if (highest == highest_) return;
  highest_ = highest;
  aim_at(highest);  // until it turns out not to be sent
}

/// The highest layer allowed that is being sent; if none is, nothing changes.
void CopiedVideo::choose(TimePoint now) {
  for (int i = highest_; i >= 0; --i) {
    const auto index = static_cast<std::uint8_t>(i);
    const auto& l = layers_[index];
    if (l && l->heard && now - *l->heard < kSilent) return aim_at(index);
  }
}

void CopiedVideo::aim_at(std::uint8_t index) {
  if (index == wanted_) return;
  wanted_ = index;
  Layer* l = layer(index);
  if (index == given_) return;
  // Whatever came of it before, there is a hole since.
  l->jitter = JitterBuffer();
  l->assembler = std::make_unique<FrameAssembler>(codec_);
  l->frames.clear();
}

CopiedVideo::Layer* CopiedVideo::layer(std::uint8_t index) {
  if (index >= kMaxLayers) return nullptr;
  if (!layers_[index]) layers_[index] = std::make_unique<Layer>(*clock_, codec_);
  return layers_[index].get();
}

void CopiedVideo::handle_packet(std::uint8_t index, MediaPacket packet, TimePoint now) {
  Layer* l = layer(index);
  if (!l) return;
  l->clock.handle_packet(packet.timestamp, packet.arrival);
  l->heard = now;
  choose(now);
  if (index != wanted_ && index != given_) return;
  l->jitter.push(std::move(packet));
  collect(*l, now);
}

void CopiedVideo::handle_sender_report(std::uint8_t index, const SenderReport& r, TimePoint now) {
  if (Layer* l = layer(index)) l->clock.handle_sender_report(r.ntp, r.timestamp, now);
}

TimePoint CopiedVideo::next_timeout() const {
  TimePoint next = kNever;
  for (const auto& l : layers_)
    if (l) next = std::min(next, l->jitter.next_timeout());
  return next;
}

void CopiedVideo::handle_timeout(TimePoint now) {
  for (const auto& l : layers_)
    if (l) collect(*l, now);
}

void CopiedVideo::collect(Layer& from, TimePoint now) {
  while (auto popped = from.jitter.pop(now)) from.assembler->push(std::move(*popped));
  while (auto frame = from.assembler->pop()) from.frames.push_back(std::move(*frame));
  if (from.frames.size() <= kMaxWaiting) return;
  // Its clock runs wild: what waits would never be written.
  from.frames.clear();
  from.assembler->require_key();
}

std::optional<std::uint8_t> CopiedVideo::wants_key_frame(TimePoint now) {
  if (!layer(wanted_)->assembler->wants_key_frame(now)) return std::nullopt;
  return wanted_;
}

void CopiedVideo::require_key() {
  for (const auto& l : layers_) {
    if (!l) continue;
    const auto key = std::ranges::find_if(l->frames, [](const EncodedFrame& f) { return f.key; });
    l->frames.erase(l->frames.begin(), key);
    if (l->frames.empty()) l->assembler->require_key();
  }
}

void CopiedVideo::restart() {
  handle_timeout(kNever);
  for (const auto& l : layers_) {
    if (!l) continue;
    l->jitter = JitterBuffer();
    l->assembler = std::make_unique<FrameAssembler>(codec_);
  }
}

std::vector<TimedFrame> CopiedVideo::take(TimePoint until) {
  std::vector<TimedFrame> taken;
  if (wanted_ != given_) {
    Layer& next = *layer(wanted_);
    if (!next.frames.empty()) {
      const TimePoint begins = next.clock.capture_time(next.frames.front().timestamp);
      if (begins <= until) {
        take(*layer(given_), begins - Duration(1), taken);
        layer(given_)->frames.clear();
        given_ = wanted_;
      }
    }
  }
  take(*layer(given_), until, taken);
  return taken;
}

void CopiedVideo::take(Layer& from, TimePoint until, std::vector<TimedFrame>& to) {
  while (!from.frames.empty()) {
    const TimePoint captured = from.clock.capture_time(from.frames.front().timestamp);
    if (captured > until) return;
    to.push_back({.frame = std::move(from.frames.front()), .captured = captured});
    from.frames.pop_front();
  }
}

}  // namespace plenum::egress
