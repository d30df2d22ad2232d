#include "egress/audio_decoder.h"

#include <gtest/gtest.h>

#include "egress/audio_testing.h"
#include "media/rtp/testing.h"

namespace plenum::egress {
namespace {

using namespace audio_testing;

constexpr double kHz = 1000;

/// The stream's timeline as decoded: each frame at its place.
struct Decoding {
  codec::Codec codec;
  const char* encoder_name;
  int rate;
  AudioDecoder decoder{codec};
  TestEncoder encoder{encoder_name, rate};
  std::vector<float> heard{};
  std::int64_t packets = 0;

  std::vector<std::byte> next() {
    const std::int64_t first = packets++ * rate / 50;
    return encoder.encode([&](std::size_t i) {
      return static_cast<float>(0.5 *
                                std::sin(2 * std::numbers::pi * kHz *
                                         static_cast<double>(first + std::int64_t(i)) / rate));
    });
  }
  void place(const AudioDecoder::Decoded& d, std::int64_t packet) {
    std::int64_t at = packet * 960 + d.offset;
    heard.resize(static_cast<std::size_t>(packet * 960 + 960));
    for (const float s : d.pcm.left) {
      if (at >= 0) heard[static_cast<std::size_t>(at)] = s;
      ++at;
    }
  }
  /// Of the sine as it was encoded: the part that is in phase.
  double in_phase(std::size_t from, std::size_t n) const {
    double sum = 0;
    for (std::size_t i = from; i < from + n; ++i)
      sum += heard[i] * std::sin(2 * std::numbers::pi * kHz * static_cast<double>(i) / kAudioRate);
    return 2 * sum / static_cast<double>(n);
  }
};

TEST(AudioDecoder, puts_the_sound_of_each_codec_where_its_timestamp_says) {
  struct Case {
    codec::Codec codec;
    const char* encoder;
    int rate;
  };
  for (const Case& c :
       {Case{codec::Codec::opus, "libopus", 48'000}, Case{codec::Codec::pcmu, "pcm_mulaw", 8'000},
        Case{codec::Codec::pcma, "pcm_alaw", 8'000}, Case{codec::Codec::g722, "g722", 16'000}}) {
    Decoding d{c.codec, c.encoder, c.rate};
    for (int i = 0; i < 50; ++i) {
      const std::vector<std::byte> packet = d.next();
      const auto decoded = d.decoder.decode(packet);
      ASSERT_TRUE(decoded) << d.encoder_name;
      EXPECT_EQ(decoded->duration, 960u);
      d.place(*decoded, i);
    }
    // 1 ms off its place the sine would be in phase again: the envelope is tested elsewhere.
    EXPECT_NEAR(amplitude_of(kHz, std::span(d.heard).subspan(24'000, 9'600)), 0.5, 0.02)
        << d.encoder_name;
    EXPECT_NEAR(d.in_phase(24'000, 9'600), 0.5, 0.05) << d.encoder_name;
  }
}

TEST(AudioDecoder, goes_on_with_the_tone_over_a_lost_packet_of_opus) {
  Decoding d{codec::Codec::opus, "libopus", 48'000};
  for (int i = 0; i < 60; ++i) {
    const std::vector<std::byte> packet = d.next();
    d.place(i == 40 ? d.decoder.conceal(960) : *d.decoder.decode(packet), i);
  }
  const std::span<const float> lost = std::span(d.heard).subspan(40 * 960 - 312, 960);

  EXPECT_NEAR(amplitude_of(kHz, lost), 0.5, 0.15);
}

TEST(AudioDecoder, conceals_with_silence_where_the_codec_cannot_do_better) {
  Decoding d{codec::Codec::pcmu, "pcm_mulaw", 8'000};
  for (int i = 0; i < 20; ++i) {
    const std::vector<std::byte> packet = d.next();
    d.place(i == 10 ? d.decoder.conceal(960) : *d.decoder.decode(packet), i);
  }

  EXPECT_LE(amplitude_of(kHz, std::span(d.heard).subspan(10 * 960 + 200, 500)), 0.01);
  EXPECT_NEAR(amplitude_of(kHz, std::span(d.heard).subspan(12 * 960, 4800)), 0.5, 0.02);
}

TEST(AudioDecoder, conceal_before_anything_was_heard_is_silence) {
  AudioDecoder decoder(codec::Codec::opus);
  const AudioDecoder::Decoded d = decoder.conceal(960);

  EXPECT_EQ(d.pcm.left, std::vector<float>(960));
}

TEST(AudioDecoder, survives_any_bytes) {
  std::mt19937 rng(11);
  for (const codec::Codec c : {codec::Codec::opus, codec::Codec::pcmu, codec::Codec::g722}) {
    AudioDecoder decoder(c);
    for (int i = 0; i < 500; ++i) {
      const auto d = decoder.decode(rtp::random_bytes(rng, rng() % 300));
      EXPECT_LE(d ? d->pcm.size() : 0, 5760u + 96);
      if (i % 7 == 0) (void)decoder.conceal(rng() % 2880);
    }
    EXPECT_FALSE(decoder.decode({}));
    EXPECT_FALSE(decoder.decode(std::vector<std::byte>(65'536)));
  }
}

}  // namespace
}  // namespace plenum::egress
