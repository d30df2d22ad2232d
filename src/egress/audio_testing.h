#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <optional>
#include <span>
#include <stdexcept>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "egress/audio_block.h"
#include "egress/ffmpeg.h"

// For tests only: audio and clocks in virtual time.
namespace plenum::egress::audio_testing {

/// A sine of `hz` as heard by our clock at `t`.
inline float tone_at(double hz, TimePoint t, double amplitude = 0.5) {
  const double s = static_cast<double>(t.time_since_epoch().count()) / 1e6;
  return static_cast<float>(amplitude * std::sin(2 * std::numbers::pi * hz * s));
}

/// Silence but for beeps of 1 kHz at whole seconds, 100 ms long.
inline float beeps_at(TimePoint t) {
  return t.time_since_epoch() % 1s < 100ms ? tone_at(1000, t) : 0;
}

/// The amplitude of `hz` in the samples (Goertzel's algorithm).
inline double amplitude_of(double hz, std::span<const float> samples) {
  const double w = 2 * std::numbers::pi * hz / kAudioRate, c = 2 * std::cos(w);
  double a = 0, b = 0;
  for (const float s : samples) {
    const double n = s + c * a - b;
    b = a;
    a = n;
  }
  const double power = a * a + b * b - c * a * b;
  return 2 * std::sqrt(std::max(power, 0.0)) / static_cast<double>(samples.size());
}

/// What was rendered, one side, with the time it begins at.
struct Track {
  TimePoint begin{};
  std::vector<float> samples{};

  void add(const AudioBlock& b) { samples.insert(samples.end(), b.left.begin(), b.left.end()); }
  void add_silence() { samples.resize(samples.size() + kBlockSamples); }
  std::size_t index(TimePoint t) const {
    return static_cast<std::size_t>(duration_to_samples(t - begin));
  }
  std::span<const float> between(TimePoint from, TimePoint to) const {
    return std::span(samples).subspan(index(from), index(to) - index(from));
  }
  /// When it is first louder than `level` after `from`.
  std::optional<TimePoint> onset(TimePoint from, float level) const {
    for (std::size_t i = index(from); i < samples.size(); ++i)
      if (std::abs(samples[i]) > level)
        return begin + samples_to_duration(static_cast<std::int64_t>(i));
    return std::nullopt;
  }
  /// How far the worst of the beeps (beeps_at()) from `from` to `to` is off its place, which is
  /// `way` after it was made; in milliseconds. Without end when one is missing.
  double beeps_off(TimePoint from, TimePoint to, Duration way, float level) const {
    double worst = 0;
    for (TimePoint beep = from; beep < to; beep += 1s) {
      const auto heard = onset(beep - 200ms, level);
      if (!heard) return std::numeric_limits<double>::infinity();
      worst = std::max(worst, std::abs(static_cast<double>((*heard - beep - way).count())) / 1000);
    }
    return worst;
  }
  /// The largest step from one sample to the next: a click, if it is larger than the sound's own.
  float steepest() const {
    float most = 0;
    for (std::size_t i = 1; i < samples.size(); ++i)
      most = std::max(most, std::abs(samples[i] - samples[i - 1]));
    return most;
  }
};

/// An encoder of `name`, mono, 20 ms a packet.
class TestEncoder {
 public:
  explicit TestEncoder(const char* name, int rate = kAudioRate) : rate_(rate) {
    const AVCodec* encoder = avcodec_find_encoder_by_name(name);
    if (!encoder) throw std::runtime_error(name);
    context_.reset(avcodec_alloc_context3(encoder));
    av_channel_layout_default(&context_->ch_layout, 1);
    context_->sample_rate = rate;
    context_->sample_fmt = AV_SAMPLE_FMT_S16;
    context_->log_level_offset = AV_LOG_MAX_OFFSET;
    context_->bit_rate = 48'000;
    if (avcodec_open2(context_.get(), encoder, nullptr) < 0) throw std::runtime_error(name);
    frame_->format = AV_SAMPLE_FMT_S16;
    frame_->sample_rate = rate;
    frame_->nb_samples = static_cast<int>(samples_per_packet());
    av_channel_layout_default(&frame_->ch_layout, 1);
    av_frame_get_buffer(frame_.get(), 0);
  }
  std::size_t samples_per_packet() const { return static_cast<std::size_t>(rate_) / 50; }
  int lookahead() const { return context_->initial_padding; }

  /// `sample(i)` is the sample i of the packet.
  template <class F>
  std::vector<std::byte> encode(F&& sample) {
    av_frame_make_writable(frame_.get());
    auto* out = reinterpret_cast<std::int16_t*>(frame_->data[0]);
    for (std::size_t i = 0; i < samples_per_packet(); ++i)
      out[i] = static_cast<std::int16_t>(std::lround(sample(i) * 32'767.f));
    frame_->pts = pts_;
    pts_ += frame_->nb_samples;
    std::vector<std::byte> bytes;
    if (avcodec_send_frame(context_.get(), frame_.get()) < 0) return bytes;
    if (avcodec_receive_packet(context_.get(), packet_.get()) < 0) return bytes;
    const auto* data = reinterpret_cast<const std::byte*>(packet_->data);
    bytes.assign(data, data + packet_->size);
    av_packet_unref(packet_.get());
    return bytes;
  }

 private:
  int rate_;
  CodecContext context_;
  Frame frame_{av_frame_alloc()};
  Packet packet_{av_packet_alloc()};
  std::int64_t pts_ = 0;
};

}  // namespace plenum::egress::audio_testing
