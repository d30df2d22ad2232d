#include "egress/video_input.h"

#include <algorithm>
#include <utility>

namespace plenum::egress {

VideoInput::VideoInput(std::shared_ptr<ParticipantClock> clock, codec::Codec codec)
    : codec_(codec), layers_(std::move(clock), codec, kMaxWaiting) {
  decoders_[0] = std::make_unique<VideoDecoder>(codec_);
}

const TimedPicture* VideoInput::advance(TimePoint until) {
  const auto before = layers_.in_use();
  if (before) advance(*before, until);
  if (const auto aim = layers_.aim(); aim && aim != before) advance(*aim, until);
  return decoded_ ? &picture_ : nullptr;
}

void VideoInput::advance(std::uint8_t index, TimePoint until) {
  auto& frames = layers_.frames(index);
  while (!frames.empty()) {
    const EncodedFrame& frame = frames.front();
    const TimePoint captured = layers_.capture_time(index, frame.timestamp);
    if (captured > until) return;
    if (decode(index, frame)) {
      picture_.captured = captured;
      layers_.use(index);
    }
    frames.pop_front();
  }
}

bool VideoInput::decode(std::uint8_t index, const EncodedFrame& frame) {
  auto& decoder = decoders_[index];
  if (!decoder) decoder = std::make_unique<VideoDecoder>(codec_);
  auto decoded = decoder->decode(frame);
  if (!decoded) {
    // Unless the key frame that helps is here already.
    if (decoder->waits_for_key() && std::ranges::none_of(layers_.frames(index), &EncodedFrame::key))
      layers_.require_key(index);
    return false;
  }
  decoded_ = std::move(decoded);
  picture_.view = decoded_->view();
  ++picture_.version;
  return true;
}

}  // namespace plenum::egress
