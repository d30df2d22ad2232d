#include "egress/video_decoder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "egress/frame_assembler.h"
#include "egress/test_packetizer.h"
#include "media/rtp/testing.h"

namespace plenum::egress {
namespace {

using codec::Codec;
using testing::StreamPlan;
using testing::TestFrame;

const bool kQuiet = [] {
  av_log_set_level(AV_LOG_QUIET);
  return true;
}();

using Pixels = std::vector<std::uint8_t>;

Pixels pixels_of(const PictureView& v) {
  Pixels out;
  const auto add = [&](const std::uint8_t* plane, int stride, int width, int height) {
    for (int y = 0; y < height; ++y)
      out.insert(out.end(), plane + y * stride, plane + y * stride + width);
  };
  add(v.y, v.stride_y, v.size.width, v.size.height);
  add(v.u, v.stride_u, (v.size.width + 1) / 2, (v.size.height + 1) / 2);
  add(v.v, v.stride_v, (v.size.width + 1) / 2, (v.size.height + 1) / 2);
  return out;
}

int mean(const std::uint8_t* plane, int stride, int width, int height) {
  int sum = 0;
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) sum += plane[y * stride + x];
  return sum / (width * height);
}

/// The left third, where a frame is flat.
void expect_colours(const PictureView& v, int n) {
  const int width = v.size.width / 3, height = v.size.height;
  EXPECT_NEAR(mean(v.y, v.stride_y, width, height), testing::luma_of(n), 8) << n;
  EXPECT_NEAR(mean(v.u, v.stride_u, width / 2, height / 2), testing::u_of(n), 8) << n;
  EXPECT_NEAR(mean(v.v, v.stride_v, width / 2, height / 2), testing::v_of(n), 8) << n;
}

EncodedFrame encoded(const TestFrame& f) {
  return {.bytes = f.bytes, .timestamp = RtpTime(f.timestamp), .key = f.key, .arrival = {}};
}

using Pictures = std::map<std::uint32_t, Pixels>;

/// What the decoder makes of the encoder's frames as they are.
Pictures decode_all(Codec codec, const std::vector<TestFrame>& stream) {
  VideoDecoder decoder(codec);
  Pictures out;
  for (const TestFrame& f : stream)
    if (const auto picture = decoder.decode(encoded(f)))
      out[picture->timestamp.value()] = pixels_of(picture->view());
  return out;
}

struct Received {
  Pictures pictures;
  int key_requests = 0;
  std::uint64_t errors = 0;
};

/// Jitter buffer, assembler and decoder, in the order of arrival.
Received receive(Codec codec, std::vector<MediaPacket> packets) {
  std::stable_sort(packets.begin(), packets.end(),
                   [](const auto& a, const auto& b) { return a.arrival < b.arrival; });
  JitterBuffer buffer;
  FrameAssembler assembler(codec);
  VideoDecoder decoder(codec);
  Received out;
  const auto drain = [&](TimePoint now) {
    while (auto popped = buffer.pop(now)) {
      assembler.push(std::move(*popped));
      while (const auto frame = assembler.pop())
        if (const auto picture = decoder.decode(*frame))
          out.pictures[picture->timestamp.value()] = pixels_of(picture->view());
    }
    if (assembler.wants_key_frame(now)) ++out.key_requests;
  };
  for (MediaPacket& p : packets) {
    const TimePoint now = p.arrival;
    while (buffer.next_timeout() < now) drain(buffer.next_timeout());
    buffer.push(std::move(p));
    drain(now);
  }
  while (buffer.next_timeout() != kNever) drain(buffer.next_timeout());
  out.errors = decoder.errors();
  return out;
}

/// The first one comes first: nobody waits for what may have been before it.
void delay(std::vector<MediaPacket>& packets, std::mt19937& rng) {
  for (std::size_t i = 1; i < packets.size(); ++i)
    packets[i].arrival += std::chrono::milliseconds(rng() % 60);
}

std::set<std::uint32_t> timestamps_of(const Pictures& pictures) {
  std::set<std::uint32_t> out;
  for (const auto& [timestamp, pixels] : pictures) out.insert(timestamp);
  return out;
}

/// Each picture equals the one of its timestamp in `expected`, sample by sample.
bool all_among(const Pictures& pictures, const Pictures& expected) {
  return std::all_of(pictures.begin(), pictures.end(), [&](const auto& p) {
    const auto it = expected.find(p.first);
    return it != expected.end() && it->second == p.second;
  });
}

/// One stream of each codec for all tests: 48 frames, a key frame every eight.
const std::vector<TestFrame>& stream_of(Codec codec) {
  static std::map<Codec, std::vector<TestFrame>> streams;
  auto& stream = streams[codec];
  if (stream.empty()) stream = testing::encode_stream({.codec = codec, .frames = 48, .gop = 8});
  return stream;
}

class EachCodec : public ::testing::TestWithParam<Codec> {};
INSTANTIATE_TEST_SUITE_P(VideoDecoder, EachCodec,
                         ::testing::Values(Codec::vp8, Codec::vp9, Codec::h264, Codec::av1),
                         [](const auto& p) { return std::string(codec::mime(p.param).substr(6)); });

TEST_P(EachCodec, shuffled_packets_become_the_pictures_that_were_encoded) {
  std::mt19937 rng(1);
  const auto& stream = stream_of(GetParam());
  auto packets = testing::packetize(GetParam(), stream);
  EXPECT_GT(packets.size(), 2 * stream.size());
  delay(packets, rng);
  const Received received = receive(GetParam(), std::move(packets));

  EXPECT_EQ(received.pictures.size(), stream.size());
  EXPECT_TRUE(all_among(received.pictures, decode_all(GetParam(), stream)));
  EXPECT_EQ(received.key_requests, 1) << "the one at the start";
  VideoDecoder decoder(GetParam());
  for (std::size_t n = 0; n < stream.size(); ++n) {
    const auto picture = decoder.decode(encoded(stream[n]));
    ASSERT_TRUE(picture) << n;
    EXPECT_EQ(picture->view().size, (Size{96, 64}));
    expect_colours(picture->view(), static_cast<int>(n));
  }
}

TEST_P(EachCodec, without_markers_the_next_timestamp_ends_a_frame) {
  const auto& stream = stream_of(GetParam());
  auto packets = testing::packetize(GetParam(), stream);
  for (MediaPacket& p : packets) p.marker = false;
  const Received received = receive(GetParam(), std::move(packets));

  EXPECT_EQ(received.pictures.size(), stream.size() - 1) << "the last one has no next";
  EXPECT_TRUE(all_among(received.pictures, decode_all(GetParam(), stream)));
}

TEST_P(EachCodec, the_size_may_change_with_a_key_frame) {
  auto stream = testing::encode_stream({.codec = GetParam(), .frames = 3});
  const Pictures small = decode_all(GetParam(), stream);
  for (TestFrame f :
       testing::encode_stream({.codec = GetParam(), .size = {160, 96}, .frames = 3})) {
    f.timestamp += 9000;
    stream.push_back(std::move(f));
  }
  const Received received = receive(GetParam(), testing::packetize(GetParam(), stream));

  ASSERT_EQ(received.pictures.size(), 6u);
  EXPECT_EQ(received.errors, 0u);
  EXPECT_EQ(received.pictures.at(6000), small.at(6000));
  EXPECT_EQ(received.pictures.at(9000).size(), 160u * 96 * 3 / 2);
}

/// What may be shown when the packets of `lost` do not come: all frames up to the first loss after
/// each key frame.
std::set<std::uint32_t> decodable(const std::vector<TestFrame>& stream,
                                  const std::set<std::uint32_t>& hit) {
  std::set<std::uint32_t> out;
  bool whole = false;
  for (const TestFrame& f : stream) {
    whole = (whole || f.key) && !hit.contains(f.timestamp);
    if (whole) out.insert(f.timestamp);
  }
  return out;
}

TEST_P(EachCodec, under_loss_each_picture_is_whole_and_each_key_frame_brings_the_next_ones) {
  const auto& stream = stream_of(GetParam());
  const Pictures expected = decode_all(GetParam(), stream);
  for (unsigned seed = 0; seed < 20; ++seed) {
    std::mt19937 rng(seed);
    auto packets = testing::packetize(GetParam(), stream);
    std::set<std::uint32_t> hit;
    const std::uint64_t first = packets.front().seq.value(), last = packets.back().seq.value();
    std::erase_if(packets, [&](const MediaPacket& p) {
      const bool at_edge = p.seq.value() == first || p.seq.value() == last;
      const bool lost = !at_edge && rng() % 20 == 0;
      if (lost) hit.insert(p.timestamp.value());
      return lost;
    });
    delay(packets, rng);
    const Received received = receive(GetParam(), std::move(packets));

    EXPECT_TRUE(all_among(received.pictures, expected)) << "seed " << seed;
    EXPECT_EQ(timestamps_of(received.pictures), decodable(stream, hit)) << "seed " << seed;
    EXPECT_EQ(received.errors, 0u);
    EXPECT_GT(received.key_requests, 1);
  }
}

TEST_P(EachCodec, after_an_error_it_begins_anew_with_a_key_frame) {
  const auto& stream = stream_of(GetParam());
  VideoDecoder decoder(GetParam());
  EXPECT_TRUE(decoder.waits_for_key());
  ASSERT_TRUE(decoder.decode(encoded(stream[0])));
  EXPECT_FALSE(decoder.waits_for_key());
  EncodedFrame bad = encoded(stream[8]);
  bad.bytes.resize(bad.bytes.size() / 3);
  for (std::size_t i = 4; i < bad.bytes.size(); ++i) bad.bytes[i] = std::byte{0xff};
  EXPECT_FALSE(decoder.decode(bad));
  EXPECT_TRUE(decoder.waits_for_key());
  EXPECT_EQ(decoder.errors(), 1u);
  EXPECT_FALSE(decoder.decode(encoded(stream[9])));

  const auto again = decoder.decode(encoded(stream[16]));
  ASSERT_TRUE(again);
  expect_colours(again->view(), 16);
  EXPECT_FALSE(decoder.waits_for_key());
}

TEST_P(EachCodec, a_picture_outlives_its_decoder_and_later_pictures) {
  const auto& stream = stream_of(GetParam());
  std::optional<DecodedPicture> first;
  {
    VideoDecoder decoder(GetParam());
    first = decoder.decode(encoded(stream[0]));
    for (std::size_t n = 1; n < 8; ++n) decoder.decode(encoded(stream[n]));
  }

  ASSERT_TRUE(first);
  expect_colours(first->view(), 0);
}

TEST(VideoDecoder, h264_recovers_with_an_idr_although_parameter_sets_came_only_once) {
  std::vector<TestFrame> stream = stream_of(Codec::h264);
  const Pictures expected = decode_all(Codec::h264, stream);
  for (std::size_t n = 1; n < stream.size(); ++n) {
    std::vector<std::byte> slices;
    for (const Bytes nal : testing::nal_units(stream[n].bytes)) {
      const int type = be8(nal, 0) & 0x1f;
      if (type > 5) continue;
      for (const auto& part : {rtp::hex("00000001"), rtp::copy(nal)})
        slices.insert(slices.end(), part.begin(), part.end());
    }
    stream[n].bytes = std::move(slices);
  }
  auto packets = testing::packetize(Codec::h264, stream);
  const auto lost = std::find_if(packets.begin(), packets.end(), [](const MediaPacket& p) {
    return p.timestamp == RtpTime(3 * 3000);
  });
  packets.erase(lost);
  const Received received = receive(Codec::h264, std::move(packets));

  EXPECT_EQ(timestamps_of(received.pictures), decodable(stream, {3 * 3000}));
  EXPECT_TRUE(all_among(received.pictures, expected));
}

TEST(VideoDecoder, skips_up_to_the_next_key_frame_when_told) {
  const auto& stream = stream_of(Codec::vp8);
  VideoDecoder decoder(Codec::vp8);
  ASSERT_TRUE(decoder.decode(encoded(stream[0])));
  decoder.skip_until_key();

  EXPECT_FALSE(decoder.decode(encoded(stream[3])));
  EXPECT_TRUE(decoder.decode(encoded(stream[8])));
}

TEST(VideoDecoder, temporal_layers_lose_their_upper_frames_without_harm) {
  const auto stream = testing::encode_stream(
      {.codec = Codec::vp8, .frames = 24, .gop = 1000, .temporal_layers = true});
  std::vector<MediaPacket> packets;
  std::set<std::uint32_t> shown;
  for (std::size_t n = 0; n < stream.size(); ++n) {
    const int i = static_cast<int>(n);
    const testing::Layers layers{.said = true,
                                 .picture_id = 100 + i,
                                 .tl0 = i / 2,
                                 .temporal_id = i % 2,
                                 .sync = i % 2 == 1};
    testing::append_packets(packets, testing::vp8_payloads(stream[n].bytes, 100, layers),
                            stream[n].timestamp);
    const bool lost = i % 2 == 1 && i % 3 == 0;
    if (!lost) shown.insert(stream[n].timestamp);
  }
  // Of each third frame of the upper layer the last packet.
  std::erase_if(packets, [&](const MediaPacket& p) {
    return p.marker && !shown.contains(p.timestamp.value());
  });
  const Received received = receive(Codec::vp8, std::move(packets));

  EXPECT_EQ(timestamps_of(received.pictures), shown);
  EXPECT_TRUE(all_among(received.pictures, decode_all(Codec::vp8, stream)));
  EXPECT_EQ(received.key_requests, 1) << "the one at the start";
}

TEST(VideoDecoder, of_spatial_layers_the_highest_is_shown) {
  const auto low =
      testing::encode_stream({.codec = Codec::vp9, .size = {48, 32}, .frames = 4, .gop = 1});
  const auto high = testing::encode_stream({.codec = Codec::vp9, .frames = 4, .gop = 1});
  std::vector<MediaPacket> packets;
  for (std::size_t n = 0; n < 4; ++n) {
    auto payloads = testing::vp9_payloads(low[n].bytes, 100, true, 0);
    for (auto& p : testing::vp9_payloads(high[n].bytes, 100, true, 1))
      payloads.push_back(std::move(p));
    testing::append_packets(packets, std::move(payloads), high[n].timestamp);
  }

  const Pictures shown = receive(Codec::vp9, std::move(packets)).pictures;
  EXPECT_EQ(shown.size(), 4u);
  EXPECT_TRUE(all_among(shown, decode_all(Codec::vp9, high)));
}

TEST(VideoDecoder, converts_other_forms_to_limited_range_4_2_0) {
  for (const auto format : {AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUV444P, AV_PIX_FMT_YUV420P10LE}) {
    const auto stream =
        testing::encode_stream({.codec = Codec::h264, .frames = 3, .format = format});
    VideoDecoder decoder(Codec::h264);
    for (int n = 0; n < 3; ++n) {
      const auto picture = decoder.decode(encoded(stream[static_cast<std::size_t>(n)]));
      ASSERT_TRUE(picture);
      EXPECT_EQ(picture->frame->format, AV_PIX_FMT_YUV420P);
      const PictureView v = picture->view();
      if (format != AV_PIX_FMT_YUVJ420P) {
        expect_colours(v, n);
        continue;
      }
      EXPECT_NEAR(mean(v.y, v.stride_y, 32, 64), 16 + testing::luma_of(n) * 219 / 255, 4);
      EXPECT_NEAR(mean(v.u, v.stride_u, 16, 32), 128 + (testing::u_of(n) - 128) * 112 / 127, 4);
    }
  }
}

TEST(VideoDecoder, refuses_pictures_with_a_side_above_4096) {
  const auto stream =
      testing::encode_stream({.codec = Codec::vp8, .size = {4112, 16}, .frames = 1});
  VideoDecoder decoder(Codec::vp8);

  EXPECT_FALSE(decoder.decode(encoded(stream.at(0))));
  EXPECT_EQ(decoder.refused(), 1u);
}

}  // namespace
}  // namespace plenum::egress
