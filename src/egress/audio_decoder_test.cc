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

/// Left and right are two tones, 20 ms a packet.
std::vector<std::vector<std::byte>> stereo_packets(double left_hz, double right_hz, int count) {
  CodecContext c(avcodec_alloc_context3(avcodec_find_encoder_by_name("libopus")));
  av_channel_layout_default(&c->ch_layout, 2);
  c->sample_rate = kAudioRate;
  c->sample_fmt = AV_SAMPLE_FMT_FLT;
  c->bit_rate = 96'000;
  if (avcodec_open2(c.get(), nullptr, nullptr) < 0) throw std::runtime_error("no encoder");
  const Frame f(av_frame_alloc());
  f->format = AV_SAMPLE_FMT_FLT;
  f->sample_rate = kAudioRate;
  f->nb_samples = 960;
  av_channel_layout_default(&f->ch_layout, 2);
  av_frame_get_buffer(f.get(), 0);
  const Packet p(av_packet_alloc());
  std::vector<std::vector<std::byte>> packets;
  for (int n = 0; n < count * 960; n += 960) {
    av_frame_make_writable(f.get());
    auto* out = reinterpret_cast<float*>(f->data[0]);
    for (int i = 0; i < 960; ++i) {
      const TimePoint t = TimePoint(samples_to_duration(n + i));
      out[2 * i] = tone_at(left_hz, t);
      out[2 * i + 1] = tone_at(right_hz, t);
    }
    f->pts = n;
    avcodec_send_frame(c.get(), f.get());
    while (avcodec_receive_packet(c.get(), p.get()) == 0) {
      const auto* data = reinterpret_cast<const std::byte*>(p->data);
      packets.emplace_back(data, data + p->size);
      av_packet_unref(p.get());
    }
  }
  return packets;
}

TEST(AudioDecoder, takes_a_stream_that_becomes_stereo) {
  Decoding d{codec::Codec::opus, "libopus", 48'000};
  for (int i = 0; i < 10; ++i) {
    const auto mono = d.decoder.decode(d.next());
    ASSERT_TRUE(mono);
    EXPECT_EQ(mono->pcm.left, mono->pcm.right);
  }
  Pcm heard;
  for (const auto& packet : stereo_packets(800, 1200, 50)) {
    const auto decoded = d.decoder.decode(packet);
    ASSERT_TRUE(decoded);
    heard.left.insert(heard.left.end(), decoded->pcm.left.begin(), decoded->pcm.left.end());
    heard.right.insert(heard.right.end(), decoded->pcm.right.begin(), decoded->pcm.right.end());
  }

  const auto end = [](const std::vector<float>& side) { return std::span(side).last(24'000); };
  EXPECT_NEAR(amplitude_of(800, end(heard.left)), 0.5, 0.02);
  EXPECT_NEAR(amplitude_of(1200, end(heard.right)), 0.5, 0.02);
  EXPECT_LT(amplitude_of(1200, end(heard.left)), 0.02);
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
