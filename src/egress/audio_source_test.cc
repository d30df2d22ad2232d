#include "egress/audio_source.h"

#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "egress/audio_testing.h"
#include "egress/clock_testing.h"
#include "media/rtp/testing.h"

namespace plenum::egress {
namespace {

using namespace audio_testing;

constexpr TimePoint t0{1'000s};
constexpr Duration kDelay = 500ms, kWay = 40ms;

/// A participant with a microphone: real Opus, 20 ms a packet, from the encoder to the mix.
struct Call {
  TestSender sender{};
  ParticipantClock participant{};
  TestStream stream{.sender = sender, .first_timestamp = 0xffff'0000};
  StreamClock clock{participant, 48'000};
  AudioSource source{clock, codec::Codec::opus};
  TestEncoder encoder{"libopus"};
  Jitter jitter{20ms};
  std::function<float(TimePoint)> sound = [](TimePoint t) { return tone_at(1000, t); };
  std::function<bool(int)> is_lost = [](int) { return false; };
  /// Instead of the encoder's; empty: not sent at all, and nobody misses it.
  std::function<std::optional<std::vector<std::byte>>(int)> payload = [](int) {
    return std::optional<std::vector<std::byte>>();
  };
  int packet = 0;
  bool lost_before = false;
  TimePoint rendered = t0 - kDelay;
  Track heard{.begin = t0 - kDelay};

  void send(TimePoint t) {
    std::vector<std::byte> bytes = encoder.encode([&](std::size_t i) {
      return sound(t + samples_to_duration(static_cast<std::int64_t>(i)));
    });
    const int n = packet++;
    if (const auto other = payload(n)) bytes = *other;
    if (bytes.empty()) return;
    if (is_lost(n)) {
      lost_before = true;
      return;
    }
    if (n % 250 == 0) stream.report(clock, t, kWay);
    const RtpTime timestamp = stream.timestamp(t);
    clock.handle_packet(timestamp, t + kWay + (n == 0 ? 0ms : jitter.next()));
    source.push({.payload = bytes, .timestamp = timestamp, .lost_before = lost_before});
    lost_before = false;
  }
  void run(Duration length) {
    for (const TimePoint end = rendered + length; rendered < end; rendered += kBlockDuration) {
      const TimePoint captured = rendered + kDelay - 60ms;  // what has come by now
      if (captured >= t0 && (captured - t0) % 20ms == 0ms) send(captured);
      AudioBlock block;
      if (source.render(rendered, block))
        heard.add(block);
      else
        heard.add_silence();
    }
  }
  double loudness(Duration from, Duration to) const {
    return amplitude_of(1000, heard.between(t0 + from, t0 + to));
  }
};

TEST(AudioSource, a_beep_in_opus_comes_out_within_a_millisecond) {
  Call c;
  c.sound = beeps_at;
  c.run(6s);

  EXPECT_LE(c.heard.beeps_off(t0 + 1s, t0 + 5s, kWay, 0.15f), 1);
}

TEST(AudioSource, a_tone_keeps_its_pitch_and_level_when_one_packet_in_twenty_is_lost) {
  Call c;
  std::mt19937 rng(5);
  c.is_lost = [&](int n) { return n > 10 && rng() % 20 == 0; };
  c.run(12s);

  EXPECT_GE(c.source.counters().concealed, 15u * 960);
  for (Duration t = 1s; t < 10s; t += 500ms) EXPECT_NEAR(c.loudness(t, t + 500ms), 0.5, 0.06);
  EXPECT_LE(amplitude_of(1100, c.heard.between(t0 + 1s, t0 + 11s)), 0.01);
  EXPECT_EQ(c.source.timeline().counters().placed, 1u);
  EXPECT_LE(c.heard.steepest(), 0.15f);
}

TEST(AudioSource, makes_up_for_sixty_milliseconds_and_is_silent_after) {
  Call c;
  c.is_lost = [](int n) { return n >= 100 && n < 120; };  // 2.0 to 2.4 s
  c.run(5s);

  EXPECT_EQ(c.source.counters().concealed, 2880u);
  EXPECT_GE(c.loudness(2050ms, 2060ms), 0.2);
  EXPECT_EQ(c.loudness(2110ms, 2430ms), 0);
  EXPECT_NEAR(c.loudness(2500ms, 3s), 0.5, 0.03);
  EXPECT_LE(c.heard.steepest(), 0.15f);
}

TEST(AudioSource, a_pause_of_the_encoder_is_silence_and_not_loss) {
  Call c;
  c.payload = [](int n) -> std::optional<std::vector<std::byte>> {
    if (n < 100 || n >= 150) return std::nullopt;
    if (n % 20 == 0) return rtp::hex("f8");  // once in 400 ms, so that the stream does not die
    return std::vector<std::byte>();
  };
  c.is_lost = [](int n) { return n == 140; };  // and even that may be lost
  c.run(5s);

  EXPECT_EQ(c.source.counters().concealed, 0u);
  EXPECT_EQ(c.loudness(2050ms, 3030ms), 0);
  EXPECT_NEAR(c.loudness(3100ms, 4s), 0.5, 0.03);
}

TEST(AudioSource, is_silent_while_muted_and_back_in_place_after) {
  Call c;
  c.run(2500ms);
  c.source.set_muted(true);
  c.run(1s);
  c.source.set_muted(false);
  c.run(2s);

  EXPECT_EQ(c.loudness(2500ms, 3s), 0);
  EXPECT_NEAR(c.loudness(3600ms, 4s), 0.5, 0.03);
  EXPECT_EQ(c.source.counters().concealed, 0u);
  EXPECT_LE(c.heard.steepest(), 0.15f);
}

}  // namespace
}  // namespace plenum::egress
