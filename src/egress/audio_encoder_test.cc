#include "egress/audio_encoder.h"

#include <gtest/gtest.h>

#include <array>

namespace plenum::egress {
namespace {

class AudioEncoderTest : public ::testing::TestWithParam<Encoding> {};

TEST_P(AudioEncoderTest, counts_samples_whatever_the_size_of_the_blocks) {
  AudioEncoder encoder({.encoding = GetParam()});
  std::vector<Packet> packets;
  const auto take = [&](std::vector<Packet> more) {
    for (Packet& p : more) packets.push_back(std::move(p));
  };
  std::int64_t samples = 0;
  for (const std::size_t size : {1u, 480u, 1023u, 1024u, 1025u, 5000u, 0u, 960u, 1600u}) {
    const std::vector<float> block(size, 0.1f);
    take(encoder.encode(block, block));
    samples += static_cast<std::int64_t>(size);
  }
  take(encoder.flush());

  std::int64_t next = GetParam() == Encoding::vp8_opus ? -312 : -1024;
  for (const Packet& p : packets) {
    EXPECT_EQ(p->pts, next);
    EXPECT_EQ(p->stream_index, kAudioStream);
    next += p->duration;
  }
  EXPECT_GE(next, samples);
  EXPECT_LT(next, samples + 1024);
  EXPECT_GT(encoder.format().parameters().extradata_size, 0);
}

INSTANTIATE_TEST_SUITE_P(Encodings, AudioEncoderTest,
                         ::testing::Values(Encoding::h264_aac, Encoding::vp8_opus));

}  // namespace
}  // namespace plenum::egress
