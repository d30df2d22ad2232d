#include "egress/audio_mixer.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "egress/audio_testing.h"
#include "egress/clock_testing.h"

namespace plenum::egress {
namespace {

using namespace audio_testing;

constexpr TimePoint t0{1'000s};

AudioBlock tone(TimePoint t, double hz, double amplitude) {
  AudioBlock b;
  for (std::size_t i = 0; i < kBlockSamples; ++i)
    b.left[i] = tone_at(hz, t + samples_to_duration(static_cast<std::int64_t>(i)), amplitude);
  b.right = b.left;
  return b;
}

TEST(SoftLimiter, leaves_a_normal_level_untouched) {
  SoftLimiter limiter;
  for (int i = 0; i < 10; ++i) {
    const AudioBlock before = tone(t0 + i * kBlockDuration, 440, 0.9);
    AudioBlock after = before;
    limiter.process(after);
    EXPECT_EQ(after.left, before.left);
    EXPECT_EQ(after.right, before.right);
  }
}

TEST(SoftLimiter, turns_down_what_is_too_loud_and_up_again) {
  SoftLimiter limiter;
  float most = 0;
  Track loud{.begin = t0};
  for (TimePoint t = t0; t < t0 + 1s; t += kBlockDuration) {
    AudioBlock b = tone(t, 440, 5);
    limiter.process(b);
    loud.add(b);
  }
  for (const float s : loud.samples) most = std::max(most, std::abs(s));
  EXPECT_LE(most, 1.0f);
  // Turned down, not cut: hardly any of the third harmonic, of which a square wave has a third.
  EXPECT_NEAR(amplitude_of(440, loud.between(t0 + 500ms, t0 + 1s)), 0.9, 0.02);
  EXPECT_LE(amplitude_of(1320, loud.between(t0 + 500ms, t0 + 1s)), 0.01);

  for (TimePoint t = t0; t < t0 + 1s; t += kBlockDuration) {
    AudioBlock b = tone(t, 440, 0.5);
    limiter.process(b);
  }
  EXPECT_EQ(limiter.gain(), 1.f);
}

/// A participant who sends 16-bit PCM as PCMU, because that needs no encoder of speech.
struct Speaker {
  explicit Speaker(double hertz) : hz(hertz) {}
  double hz;
  TestSender sender{};
  ParticipantClock participant{};
  TestStream stream{.sender = sender, .rate = 8'000};
  StreamClock clock{participant, 8'000};
  AudioSource source{clock, codec::Codec::pcmu};
  TestEncoder encoder{"pcm_mulaw", 8'000};

  void send(TimePoint t) {
    const std::vector<std::byte> bytes = encoder.encode([&](std::size_t i) {
      return tone_at(hz, t + Duration(static_cast<std::int64_t>(i) * 125), 0.8);
    });
    clock.handle_packet(stream.timestamp(t), t);
    source.push({.payload = bytes, .timestamp = stream.timestamp(t), .lost_before = false});
  }
};

TEST(AudioMixer, the_sum_of_twenty_five_never_exceeds_full_scale_and_holds_them_all) {
  std::vector<std::unique_ptr<Speaker>> speakers;
  std::vector<AudioSource*> sources;
  for (int i = 0; i < 25; ++i) {
    speakers.push_back(std::make_unique<Speaker>(400 + 100 * i));
    sources.push_back(&speakers.back()->source);
  }
  AudioMixer mixer;
  Track mixed{.begin = t0 - 500ms};
  for (TimePoint t = t0; t < t0 + 3s; t += kBlockDuration) {
    if ((t - t0) % 20ms == 0ms)
      for (auto& s : speakers) s->send(t);
    mixed.add(mixer.mix(sources, t - 500ms));
  }

  EXPECT_EQ(mixer.next_pts(), 3 * kAudioRate);
  EXPECT_LE(std::ranges::max(mixed.samples), 1.0f);
  EXPECT_GE(std::ranges::min(mixed.samples), -1.0f);
  for (int i = 0; i < 25; ++i)
    EXPECT_GE(amplitude_of(400 + 100 * i, mixed.between(t0 + 1s, t0 + 2s)), 0.02) << i;
}

TEST(AudioMixer, one_source_passes_as_it_is) {
  Speaker speaker(1000), twin(1000);
  AudioMixer mixer;
  AudioSource* sources[] = {&speaker.source};
  for (TimePoint t = t0; t < t0 + 2s; t += kBlockDuration) {
    if ((t - t0) % 20ms == 0ms) {
      speaker.send(t);
      twin.send(t);
    }
    AudioBlock alone;
    const bool any = twin.source.render(t - 500ms, alone);
    const AudioBlock& mixed = mixer.mix(sources, t - 500ms);
    EXPECT_EQ(mixed.left, any ? alone.left : decltype(alone.left){});
  }
}

TEST(AudioMixer, nobody_is_ten_milliseconds_of_silence) {
  AudioMixer mixer;
  const AudioBlock& block = mixer.mix({}, t0);

  EXPECT_EQ(block.left, (std::array<float, kBlockSamples>{}));
  EXPECT_EQ(mixer.next_pts(), 480);
}

}  // namespace
}  // namespace plenum::egress
