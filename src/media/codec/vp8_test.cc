#include "media/codec/vp8.h"

#include <gtest/gtest.h>

#include <array>

#include "media/rtp/testing.h"

namespace plenum::codec {
namespace {

using rtp::copy;
using rtp::for_each_truncation;
using rtp::hex;

// X, S; I L T; picture id 15 bits 0x1234; TL0PICIDX 0x7f; TID 2, Y; key frame 640x360.
const auto kKeyframe = hex("90 e0 9234 7f a0  10 0200 9d012a 8002 6801 00");

TEST(Vp8, reads_the_descriptor_and_the_key_frame_behind_it) {
  const auto d = parse_vp8(kKeyframe);

  ASSERT_TRUE(d);
  EXPECT_TRUE(d->starts_frame());
  EXPECT_TRUE(d->long_picture_id);
  EXPECT_EQ(d->picture_id, 0x1234);
  EXPECT_EQ(d->tl0_picture_index, 0x7f);
  EXPECT_EQ(d->temporal_id, 2);
  EXPECT_TRUE(d->layer_sync);
  EXPECT_FALSE(d->has_key_index);
  EXPECT_EQ(d->size, 6);
  EXPECT_TRUE(d->keyframe);
  EXPECT_EQ(d->width, 640);
  EXPECT_EQ(d->height, 360);
}

TEST(Vp8, reads_the_short_forms) {
  const auto bare = parse_vp8(hex("10 01"));
  ASSERT_TRUE(bare);
  EXPECT_EQ(bare->size, 1);
  EXPECT_FALSE(bare->keyframe);
  const auto short_id = parse_vp8(hex("b0 90 7f 45 01"));

  ASSERT_TRUE(short_id);
  EXPECT_TRUE(short_id->non_reference);
  EXPECT_FALSE(short_id->long_picture_id);
  EXPECT_EQ(short_id->picture_id, 0x7f);
  EXPECT_TRUE(short_id->has_key_index);
  EXPECT_FALSE(short_id->has_temporal_id);
  EXPECT_EQ(short_id->key_index, 5);
}

TEST(Vp8, sees_a_key_frame_only_in_the_first_packet_of_a_frame) {
  EXPECT_FALSE(parse_vp8(hex("00 00"))->keyframe);
  EXPECT_FALSE(parse_vp8(hex("11 00"))->keyframe);
  EXPECT_TRUE(parse_vp8(hex("10 00"))->keyframe);
}

TEST(Vp8, needs_payload_behind_the_descriptor) {
  for_each_truncation(Bytes(kKeyframe).first(7), [](Bytes b) { EXPECT_FALSE(parse_vp8(b)); });
  for_each_truncation(kKeyframe, [](Bytes b) { (void)parse_vp8(b); });
}

TEST(Vp8, moves_picture_ids_on_and_wraps_them) {
  std::array<std::byte, kMaxVp8DescriptorSize> out;
  std::size_t n = rewrite_vp8_descriptor(kKeyframe, 0x7000, 0x81, out);
  EXPECT_EQ(copy(Bytes(out).first(n)), hex("90 e0 8234 00 a0"));
  n = rewrite_vp8_descriptor(hex("b0 90 7f 45 01"), 2, 9, out);
  EXPECT_EQ(copy(Bytes(out).first(n)), hex("b0 90 01 45"));
  n = rewrite_vp8_descriptor(hex("10 01"), 2, 9, out);

  EXPECT_EQ(copy(Bytes(out).first(n)), hex("10"));
  EXPECT_EQ(rewrite_vp8_descriptor(kKeyframe, 1, 1, MutableBytes(out).first(5)), 0u);
  EXPECT_EQ(rewrite_vp8_descriptor({}, 1, 1, out), 0u);
}

TEST(Vp8, rewritten_descriptors_read_back_with_the_offsets_added) {
  std::mt19937 rng(12);
  for (int i = 0; i < 20000; ++i) {
    auto payload = rtp::random_bytes(rng, rng() % 12);
    const auto before = parse_vp8(payload);
    const auto id_offset = static_cast<std::uint16_t>(rng());
    const auto tl0_offset = static_cast<std::uint8_t>(rng());
    std::array<std::byte, kMaxVp8DescriptorSize> out;
    const std::size_t n = rewrite_vp8_descriptor(payload, id_offset, tl0_offset, out);
    ASSERT_EQ(n != 0, before.ok());
    if (!before) continue;
    std::copy_n(out.begin(), n, payload.begin());
    const auto after = parse_vp8(payload);
    ASSERT_TRUE(after);
    const unsigned mask = before->long_picture_id ? 0x7fff : 0x7f;
    EXPECT_EQ(after->size, before->size);
    if (before->has_picture_id) {
      EXPECT_EQ(after->picture_id, (before->picture_id + id_offset) & mask);
    }
    if (before->has_tl0_picture_index) {
      EXPECT_EQ(after->tl0_picture_index, (before->tl0_picture_index + tl0_offset) & 0xff);
    }
    EXPECT_EQ(after->temporal_id, before->temporal_id);
    EXPECT_EQ(after->keyframe, before->keyframe);
  }
}

}  // namespace
}  // namespace plenum::codec
