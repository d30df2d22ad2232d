#include "egress/depacketizer.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "egress/depacketizer_audio.h"
#include "media/rtp/testing.h"

namespace plenum::egress {
namespace {

using rtp::hex;

std::optional<JoinedFrame> join(Depacketizer& d, std::initializer_list<const char*> payloads) {
  for (const char* payload : payloads)
    if (!d.add(hex(payload))) {
      d.clear();
      return std::nullopt;
    }
  return d.finish();
}

TEST(Depacketizer, there_is_none_for_codecs_that_are_not_composed) {
  EXPECT_THROW(make_depacketizer(codec::Codec::h265), std::invalid_argument);
  EXPECT_THROW(make_depacketizer(codec::Codec::opus), std::invalid_argument);
}

TEST(Vp8Depacketizer, joins_what_follows_the_descriptors) {
  const auto d = make_vp8_depacketizer();
  const auto frame = join(*d, {"90 e0 9234 7f a0 10 02", "80 e0 9234 7f a0 03", "00 04"});

  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->bytes, hex("10 02 03 04"));
  EXPECT_TRUE(frame->key);
  EXPECT_EQ(frame->position->picture_id, 0x1234);
  EXPECT_EQ(frame->position->temporal_id, 2);
  EXPECT_FALSE(join(*d, {"00 04"})) << "its beginning is missing";
  EXPECT_FALSE(join(*d, {"10 11", "10 11"})) << "two beginnings";
}

TEST(Vp9Depacketizer, makes_a_superframe_of_the_spatial_layers_of_a_picture) {
  const auto d = make_vp9_depacketizer();
  // L, B and E; T U S D; TL0PICIDX.
  const auto one = join(*d, {"28 00 07 82 aa", "24 00 07 bb"});
  ASSERT_TRUE(one);
  EXPECT_EQ(one->bytes, hex("82 aa bb"));
  EXPECT_TRUE(one->key);
  const auto two = join(*d, {"28 00 07 82 aa", "24 00 07 bb", "2c 03 07 86 cc"});

  ASSERT_TRUE(two);
  EXPECT_EQ(two->bytes, hex("82aabb 86cc d9 03000000 02000000 d9"));
  EXPECT_TRUE(two->key);
  EXPECT_FALSE(join(*d, {"2c 03 07 86 cc", "2c 00 07 82 aa"})) << "layers out of order";
  EXPECT_FALSE(join(*d, {"2c 00 07 82 aa", "20 00 07 82 aa"})) << "it goes on after its end";
  EXPECT_FALSE(join(*d, {"6c 00 07 86 aa"})->key);
}

TEST(Vp9Depacketizer, of_layers_that_do_not_refer_to_each_other_it_gives_the_highest) {
  const auto d = make_vp9_depacketizer();
  const auto key = join(*d, {"2c 00 07 82 aa", "2c 02 07 82 cc"});
  ASSERT_TRUE(key);
  EXPECT_EQ(key->bytes, hex("82cc"));
  EXPECT_TRUE(key->key);
  EXPECT_EQ(join(*d, {"6c 00 07 86 aa", "6c 02 07 86 dd"})->bytes, hex("86dd"));
  EXPECT_TRUE(join(*d, {"6c 00 07 86 aa"})->bytes.empty())
      << "its picture may not be shown instead";

  EXPECT_EQ(join(*d, {"2c 00 07 82 aa"})->bytes, hex("82aa"));
  EXPECT_EQ(join(*d, {"6c 00 07 86 ab"})->bytes, hex("86ab"));
}

TEST(H264Depacketizer, takes_single_units_aggregates_and_fragments) {
  const auto d = make_h264_depacketizer();
  const auto frame =
      join(*d, {"78 0004 67 42001f", "68 ce", "7c 85 88 01", "7c 05 02", "7c 45 03", "65 11"});

  EXPECT_FALSE(frame) << "the SPS ends before its id: no IDR goes without one";
  const auto whole = join(*d, {"78 0005 67 42001f e0 0002 68 ce", "7c 85 88 01", "7c 45 03"});
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->bytes, hex("00000001 67 42001fe0 00000001 68 ce 00000001 65 8801 03"));
  EXPECT_TRUE(whole->key);
  EXPECT_FALSE(join(*d, {"41 9a", "7c 01 02"})) << "a fragment without its beginning";
  EXPECT_FALSE(join(*d, {"7c 81 88", "41 9a"})) << "a unit within a fragmented one";
  EXPECT_FALSE(join(*d, {"7c 81 88"})) << "a fragmented unit without its end";
}

TEST(H264Depacketizer, puts_parameter_sets_that_came_apart_before_the_idr) {
  const auto d = make_h264_depacketizer();
  EXPECT_FALSE(join(*d, {"65 88"})) << "nothing to decode it by";
  const auto apart = join(*d, {"67 42001f e0", "68 ce"});
  ASSERT_TRUE(apart);
  EXPECT_TRUE(apart->bytes.empty());
  const auto delta = join(*d, {"41 9a"});
  ASSERT_TRUE(delta);
  EXPECT_EQ(delta->bytes, hex("00000001 41 9a"));
  EXPECT_FALSE(delta->key);
  join(*d, {"67 42001f e1"});  // of the same id, in place of the former
  const auto idr = join(*d, {"65 88"});

  ASSERT_TRUE(idr);
  EXPECT_EQ(idr->bytes, hex("00000001 67 42001fe1 00000001 68 ce 00000001 65 88"));
  EXPECT_TRUE(idr->key);
}

TEST(Av1Depacketizer, gives_each_obu_its_size) {
  const auto d = make_av1_depacketizer();
  // Sequence header and the beginning of a frame (W = 2), its middle (W = 1), its end and padding
  // that brought a size of its own (W = 0).
  const auto frame = join(*d, {"68 02 08 aa 30 10 11", "d0 12", "80 01 13 04 7a 02 ffff"});

  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->bytes, hex("1200 0a01 aa 3204 10 11 12 13"));
  EXPECT_TRUE(frame->key);
  EXPECT_FALSE(join(*d, {"10 30 50"})->key);
  EXPECT_FALSE(join(*d, {"90 30 50"})) << "its beginning is missing";
  EXPECT_FALSE(join(*d, {"50 30 50"})) << "its end is missing";
  EXPECT_FALSE(join(*d, {"10 32 7f 50"})) << "the OBU's own size is beyond the element";
}

TEST(Av1Depacketizer, long_obus_have_sizes_of_several_bytes) {
  const auto d = make_av1_depacketizer();
  std::vector<std::byte> payload = hex("10 30");
  payload.resize(2 + 300, std::byte{0x55});
  ASSERT_TRUE(d->add(payload));
  const auto frame = d->finish();

  ASSERT_TRUE(frame);
  EXPECT_EQ(rtp::copy(Bytes(frame->bytes).first(6)), hex("1200 32 ac02 55"));
  EXPECT_EQ(frame->bytes.size(), 2u + 3 + 300);
}

TEST(Depacketizer, no_frame_grows_without_bounds) {
  const std::pair<const char*, codec::Codec> cases[] = {{"10 01", codec::Codec::vp8},
                                                        {"08 82", codec::Codec::vp9},
                                                        {"7c 85 88", codec::Codec::h264},
                                                        {"50 30", codec::Codec::av1}};
  const char* more[] = {"00 01", "00 82", "7c 05 01", "d0 01"};
  for (std::size_t i = 0; i < 4; ++i) {
    const auto d = make_depacketizer(cases[i].second);
    ASSERT_TRUE(d->add(hex(cases[i].first)));
    std::vector<std::byte> payload = hex(more[i]);
    payload.resize(1 << 20, std::byte{1});
    int taken = 0;
    while (taken < 20 && d->add(payload)) ++taken;
    EXPECT_EQ(taken, 8) << i;
  }
}

Popped audio(const char* payload, std::uint32_t timestamp, bool after_gap) {
  return {{.seq = ExtSeq(timestamp / 960),
           .timestamp = RtpTime(timestamp),
           .marker = false,
           .payload = hex(payload),
           .arrival = TimePoint(std::chrono::seconds(1))},
          after_gap};
}

/// Timestamp and first byte of each frame.
std::vector<std::pair<std::uint32_t, int>> heard(const std::vector<EncodedFrame>& frames) {
  std::vector<std::pair<std::uint32_t, int>> out;
  for (const EncodedFrame& f : frames)
    out.emplace_back(f.timestamp.value(), std::to_integer<int>(f.bytes.at(0)));
  return out;
}

using Heard = std::vector<std::pair<std::uint32_t, int>>;

TEST(AudioDepacketizer, takes_redundant_blocks_only_for_what_was_lost) {
  AudioDepacketizer red(true);
  // Blocks of 960 and 1920 ticks ago, one byte each: 0x6f with 14 bits of offset, 10 of size.
  EXPECT_EQ(heard(red.push(audio("ef 1e0001 ef 0f0001 6f 01 02 03", 1920, false))),
            (Heard{{1920, 3}}));
  EXPECT_EQ(heard(red.push(audio("ef 1e0001 ef 0f0001 6f 02 03 04", 2880, false))),
            (Heard{{2880, 4}}));
  EXPECT_EQ(heard(red.push(audio("ef 1e0001 ef 0f0001 6f 04 05 06", 4800, true))),
            (Heard{{3840, 5}, {4800, 6}}));

  EXPECT_TRUE(red.push(audio("ef 1e", 5760, false)).empty());
  EXPECT_EQ(heard(red.push(audio("6f 09", 6720, true))), (Heard{{6720, 9}}));
}

TEST(AudioDepacketizer, without_redundancy_a_packet_is_a_frame) {
  AudioDepacketizer plain(false);

  EXPECT_EQ(heard(plain.push(audio("ef 1e", 960, true))), (Heard{{960, 0xef}}));
}

}  // namespace
}  // namespace plenum::egress
