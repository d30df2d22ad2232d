#include "egress/audio_source.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "media/codec/opus.h"

namespace plenum::egress {
namespace {

/// A longer gap in the timestamps is another stream under the same name.
constexpr std::size_t kLongestGap = 10 * std::size_t(kAudioRate);

float level_of(const AudioBlock& block) {
  float sum = 0;
  for (std::size_t i = 0; i < kBlockSamples; ++i)
    sum += block.left[i] * block.left[i] + block.right[i] * block.right[i];
  return std::sqrt(sum / (2 * kBlockSamples));
}

}  // namespace

AudioSource::AudioSource(const StreamClock& clock, codec::Codec codec)
    : codec_(codec), rate_(codec::clock_rate(codec)), decoder_(codec), timeline_(clock) {}

void AudioSource::push(const AudioFrame& frame) {
  ++counters_.frames;
  if (muted_) return pause();
  handle_gap(frame);
  if (is_pause(frame.payload)) return pause();
  std::optional<AudioDecoder::Decoded> decoded = decoder_.decode(frame.payload);
  if (!decoded) {
    ++counters_.undecodable;
    return;  // the next frame finds the gap
  }
  timeline_.push(frame.timestamp, decoded->offset, std::move(decoded->pcm));
  expected_ = RtpTime(frame.timestamp.value() + ticks(decoded->duration));
  paused_ = false;
}

bool AudioSource::render(TimePoint at, AudioBlock& out) {
  const bool sounds = timeline_.render(at, out);
  level_ = sounds ? level_of(out) : 0;
  return sounds;
}

/// Discontinuous transmission: the encoder has found silence. Its comfort noise, 20 ms of it every
/// 400 ms, would only flutter.
bool AudioSource::is_pause(Bytes payload) const {
  return codec_ == codec::Codec::opus && codec::opus_is_dtx(payload);
}

void AudioSource::pause() {
  if (!paused_) decoder_.pause();
  paused_ = true;
}

void AudioSource::handle_gap(const AudioFrame& frame) {
  if (paused_ || !expected_) return;
  const std::uint32_t behind = frame.timestamp.value() - expected_->value();
  const std::size_t gap = std::size_t(behind) * kAudioRate / rate_;
  if (gap == 0) return;
  if (frame.lost_before && gap < kLongestGap) {
    const std::size_t made_up =
        std::min(gap, static_cast<std::size_t>(duration_to_samples(kMostConcealed)));
    AudioDecoder::Decoded lost = decoder_.conceal(made_up);
    counters_.concealed += made_up;
    timeline_.push(*expected_, lost.offset, std::move(lost.pcm));
    if (made_up == gap) return;
  }
  decoder_.pause();
}

std::uint32_t AudioSource::ticks(std::size_t samples) const {
  return static_cast<std::uint32_t>(samples * rate_ / kAudioRate);
}

}  // namespace plenum::egress
