#include "egress/video_input.h"

#include <algorithm>
#include <utility>

namespace plenum::egress {

VideoInput::Layer::Layer(ParticipantClock& participant, codec::Codec codec)
    : clock(participant, codec::clock_rate(codec)),
      assembler(std::make_unique<FrameAssembler>(codec)),
      decoder(std::make_unique<VideoDecoder>(codec)) {}

VideoInput::VideoInput(std::shared_ptr<ParticipantClock> clock, codec::Codec codec)
    : clock_(std::move(clock)), codec_(codec) {
  layers_[0] = std::make_unique<Layer>(*clock_, codec_);
}

void VideoInput::want(std::optional<std::uint8_t> highest) {
  if (highest == highest_) return;
  highest_ = highest;
  aim_at(highest);  // until it turns out not to be sent
}

/// The highest layer allowed that is being sent; if none is, nothing changes.
void VideoInput::choose(TimePoint now) {
  for (int i = highest_ ? std::min<int>(*highest_, kMaxLayers - 1) : -1; i >= 0; --i) {
    const auto index = static_cast<std::uint8_t>(i);
    if (is_sent(index, now)) return aim_at(index);
  }
}

void VideoInput::note_arrival(std::uint8_t index, RtpTime timestamp, TimePoint now) {
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

bool VideoInput::is_sent(std::uint8_t index, TimePoint now) const {
  const auto& l = layers_[index];
  if (!l || !l->heard || now - *l->heard >= kSilent) return false;
  for (std::size_t i = 0; i < index; ++i)
    if (layers_[i] && layers_[i]->pictures - l->pictures_below[i] >= kOvertaken) return false;
  return true;
}

void VideoInput::aim_at(std::optional<std::uint8_t> index) {
  if (index == wanted_) return;
  wanted_ = index;
  if (!index) return;
  Layer* l = layer(*index);
  if (!l || index == shown_) return;
  // Whatever came of it before, there is a hole since.
  l->jitter = JitterBuffer();
  l->assembler = std::make_unique<FrameAssembler>(codec_);
  l->frames.clear();
}

VideoInput::Layer* VideoInput::layer(std::uint8_t index) {
  if (index >= kMaxLayers) return nullptr;
  if (!layers_[index]) layers_[index] = std::make_unique<Layer>(*clock_, codec_);
  return layers_[index].get();
}

void VideoInput::handle_packet(std::uint8_t index, MediaPacket packet, TimePoint now) {
  Layer* l = layer(index);
  if (!l) return;
  l->clock.handle_packet(packet.timestamp, packet.arrival);
  note_arrival(index, packet.timestamp, now);
  choose(now);
  if (!is_needed(index)) return;
  l->jitter.push(std::move(packet));
  collect(*l, now);
}

void VideoInput::handle_sender_report(std::uint8_t index, const SenderReport& r, TimePoint now) {
  if (Layer* l = layer(index)) l->clock.handle_sender_report(r.ntp, r.timestamp, now);
}

TimePoint VideoInput::next_timeout() const {
  TimePoint next = kNever;
  for (const auto& l : layers_)
    if (l) next = std::min(next, l->jitter.next_timeout());
  return next;
}

void VideoInput::handle_timeout(TimePoint now) {
  for (const auto& l : layers_)
    if (l) collect(*l, now);
}

void VideoInput::collect(Layer& from, TimePoint now) {
  while (auto popped = from.jitter.pop(now)) from.assembler->push(std::move(*popped));
  while (auto frame = from.assembler->pop()) from.frames.push_back(std::move(*frame));
  if (from.frames.size() <= kMaxWaiting) return;
  // Its clock runs wild: what waits would never be shown.
  from.frames.clear();
  from.assembler->require_key();
}

bool VideoInput::wants_key_frame(TimePoint now) {
  return wanted_ && *wanted_ < kMaxLayers && layer(*wanted_)->assembler->wants_key_frame(now);
}

const TimedPicture* VideoInput::advance(TimePoint until) {
  const auto before = shown_;
  if (before) advance(*before, until);
  if (wanted_ && wanted_ != before) advance(*wanted_, until);
  return decoded_ ? &picture_ : nullptr;
}

void VideoInput::advance(std::uint8_t index, TimePoint until) {
  Layer* l = layer(index);
  if (!l) return;
  while (!l->frames.empty()) {
    const EncodedFrame& frame = l->frames.front();
    const TimePoint captured = l->clock.capture_time(frame.timestamp);
    if (captured > until) return;
    if (decode(*l, frame)) {
      picture_.captured = captured;
      if (shown_ && shown_ != index && layers_[*shown_]) layers_[*shown_]->frames.clear();
      shown_ = index;
    }
    l->frames.pop_front();
  }
}

bool VideoInput::decode(Layer& from, const EncodedFrame& frame) {
  auto decoded = from.decoder->decode(frame);
  if (!decoded) {
    // Unless the key frame that helps is here already.
    if (from.decoder->waits_for_key() &&
        std::ranges::none_of(from.frames, [](const EncodedFrame& f) { return f.key; }))
      from.assembler->require_key();
    return false;
  }
  decoded_ = std::move(decoded);
  picture_.view = decoded_->view();
  ++picture_.version;
  return true;
}

}  // namespace plenum::egress
