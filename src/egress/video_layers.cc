#include "egress/video_layers.h"

#include <algorithm>
#include <utility>

namespace plenum::egress {

VideoLayers::Layer::Layer(ParticipantClock& participant, codec::Codec codec)
    : clock(participant, codec::clock_rate(codec)),
      assembler(std::make_unique<FrameAssembler>(codec)) {}

VideoLayers::VideoLayers(std::shared_ptr<ParticipantClock> clock, codec::Codec codec,
                         std::size_t most_waiting)
    : clock_(std::move(clock)), codec_(codec), most_waiting_(most_waiting) {
  layers_[0] = std::make_unique<Layer>(*clock_, codec_);
}

void VideoLayers::allow(std::optional<std::uint8_t> highest) {
  if (highest) highest = std::min<std::uint8_t>(*highest, kMaxLayers - 1);
  if (highest == highest_) return;
  highest_ = highest;
  aim_at(highest);  // until it turns out not to be sent
}

void VideoLayers::use(std::uint8_t index) {
  if (in_use_ && in_use_ != index) layer(*in_use_)->frames.clear();
  in_use_ = index;
}

/// The highest layer allowed that is being sent; if none is, nothing changes.
void VideoLayers::choose(TimePoint now) {
  for (int i = highest_ ? *highest_ : -1; i >= 0; --i) {
    const auto index = static_cast<std::uint8_t>(i);
    if (is_sent(index, now)) return aim_at(index);
  }
}

void VideoLayers::note_arrival(std::uint8_t index, RtpTime timestamp, TimePoint now) {
  Layer& l = *layers_[index];
  l.heard = now;
  const auto is_newer = [&](RtpTime than) {
    return static_cast<std::int32_t>(timestamp.value() - than.value()) > 0;
  };
  if (!l.newest || is_newer(*l.newest)) {
    l.newest = timestamp;
    ++l.pictures;
  }
  for (std::size_t i = 0; i < index; ++i)
    l.pictures_below[i] = layers_[i] ? layers_[i]->pictures : 0;
}

bool VideoLayers::is_sent(std::uint8_t index, TimePoint now) const {
  const auto& l = layers_[index];
  if (!l || !l->heard || now - *l->heard >= kSilent) return false;
  for (std::size_t i = 0; i < index; ++i)
    if (layers_[i] && layers_[i]->pictures - l->pictures_below[i] >= kOvertaken) return false;
  return true;
}

void VideoLayers::aim_at(std::optional<std::uint8_t> index) {
  if (index == aim_) return;
  aim_ = index;
  if (!index || index == in_use_) return;
  // Whatever came of it before, there is a hole since.
  begin_anew(*layer(*index));
  layer(*index)->frames.clear();
}

void VideoLayers::begin_anew(Layer& l) const {
  l.jitter = JitterBuffer();
  l.assembler = std::make_unique<FrameAssembler>(codec_);
}

VideoLayers::Layer* VideoLayers::layer(std::uint8_t index) {
  if (index >= kMaxLayers) return nullptr;
  if (!layers_[index]) layers_[index] = std::make_unique<Layer>(*clock_, codec_);
  return layers_[index].get();
}

void VideoLayers::handle_packet(std::uint8_t index, MediaPacket packet, TimePoint now) {
  Layer* l = layer(index);
  if (!l) return;
  l->clock.handle_packet(packet.timestamp, packet.arrival);
  note_arrival(index, packet.timestamp, now);
  choose(now);
  if (index != aim_ && index != in_use_) return;
  l->jitter.push(std::move(packet));
  collect(*l, now);
}

void VideoLayers::handle_sender_report(std::uint8_t index, const SenderReport& r, TimePoint now) {
  if (Layer* l = layer(index)) l->clock.handle_sender_report(r.ntp, r.timestamp, now);
}

TimePoint VideoLayers::next_timeout() const {
  TimePoint next = kNever;
  for (const auto& l : layers_)
    if (l) next = std::min(next, l->jitter.next_timeout());
  return next;
}

void VideoLayers::handle_timeout(TimePoint now) {
  for (const auto& l : layers_)
    if (l) collect(*l, now);
}

void VideoLayers::collect(Layer& from, TimePoint now) {
  while (auto popped = from.jitter.pop(now)) from.assembler->push(std::move(*popped));
  while (auto frame = from.assembler->pop()) from.frames.push_back(std::move(*frame));
  if (from.frames.size() <= most_waiting_) return;
  // Its clock runs wild: what waits would never be taken.
  from.frames.clear();
  from.assembler->require_key();
}

bool VideoLayers::wants_key_frame(TimePoint now) {
  return aim_ && layer(*aim_)->assembler->wants_key_frame(now);
}

void VideoLayers::require_key(std::uint8_t index) { layer(index)->assembler->require_key(); }

void VideoLayers::restart() {
  handle_timeout(kNever);
  for (const auto& l : layers_)
    if (l) begin_anew(*l);
}

}  // namespace plenum::egress
