#include "media/codec/vp9.h"

#include <gtest/gtest.h>

#include <array>

#include "media/rtp/testing.h"

namespace plenum::codec {
namespace {

using rtp::copy;
using rtp::for_each_truncation;
using rtp::hex;

// I L B E V: key frame of layer 0 with a structure of two spatial layers and one picture group.
const auto kKeyframe = hex("ae 9234 00 05  38 0140 00b4 0280 0168  02 00 14 01  aa");

TEST(Vp9, reads_a_key_frame_with_its_scalability_structure) {
  const auto d = parse_vp9(kKeyframe);

  ASSERT_TRUE(d);
  EXPECT_TRUE(d->keyframe());
  EXPECT_TRUE(d->start_of_frame);
  EXPECT_TRUE(d->end_of_frame);
  EXPECT_EQ(d->picture_id, 0x1234);
  EXPECT_TRUE(d->has_tl0_picture_index);
  EXPECT_EQ(d->tl0_picture_index, 5);
  ASSERT_TRUE(d->has_structure);
  EXPECT_EQ(d->structure.spatial_layers, 2);
  EXPECT_EQ(d->structure.width[1], 640);
  EXPECT_EQ(d->structure.height[1], 360);
  EXPECT_EQ(d->structure.pictures_in_group, 2);
  EXPECT_EQ(d->size, kKeyframe.size() - 1);
}

TEST(Vp9, reads_flexible_mode_with_references) {
  // I P L F B; short id; T2 U S1 D; differences 1 and 3.
  const auto d = parse_vp9(hex("f8 11 53 03 06 aa"));

  ASSERT_TRUE(d);
  EXPECT_TRUE(d->flexible_mode);
  EXPECT_FALSE(d->has_tl0_picture_index);
  EXPECT_EQ(d->picture_id, 0x11);
  EXPECT_EQ(d->temporal_id, 2);
  EXPECT_TRUE(d->switching_up_point);
  EXPECT_EQ(d->spatial_id, 1);
  EXPECT_TRUE(d->inter_layer_predicted);
  ASSERT_EQ(d->reference_count, 2);
  EXPECT_EQ(d->references[0], 1);
  EXPECT_EQ(d->references[1], 3);
  EXPECT_FALSE(d->keyframe());
}

TEST(Vp9, bounds_references_and_structure) {
  EXPECT_EQ(parse_vp9(hex("50 03 03 03 02 aa")).error(), Vp9Error::too_many_references);
  EXPECT_EQ(parse_vp9(hex("02 08 ff 0c")).error(), Vp9Error::truncated);
  EXPECT_EQ(parse_vp9(hex("02 f8 0001")).error(), Vp9Error::truncated);
  for_each_truncation(kKeyframe, [](Bytes b) { EXPECT_FALSE(parse_vp9(b)); });
}

TEST(Vp9, moves_picture_ids_on_and_wraps_them) {
  std::array<std::byte, kMaxVp9RewriteSize> out;
  std::size_t n = rewrite_vp9_descriptor(kKeyframe, 0x7001, 0xff, out);
  EXPECT_EQ(copy(Bytes(out).first(n)), hex("ae 8235 00 04"));
  n = rewrite_vp9_descriptor(hex("f8 7f 53 03 06 aa"), 1, 1, out);

  EXPECT_EQ(copy(Bytes(out).first(n)), hex("f8 00 53"));
}

TEST(Vp9, rewritten_descriptors_read_back_with_the_offsets_added) {
  std::mt19937 rng(13);
  for (int i = 0; i < 20000; ++i) {
    auto payload = rtp::random_bytes(rng, rng() % 40);
    const auto before = parse_vp9(payload);
    const auto id_offset = static_cast<std::uint16_t>(rng());
    std::array<std::byte, kMaxVp9RewriteSize> out;
    const std::size_t n = rewrite_vp9_descriptor(payload, id_offset, 7, out);
    ASSERT_EQ(n != 0, before.ok());
    if (!before) continue;
    std::copy_n(out.begin(), n, payload.begin());
    const auto after = parse_vp9(payload);
    ASSERT_TRUE(after);
    EXPECT_EQ(after->size, before->size);
    const unsigned mask = before->long_picture_id ? 0x7fff : 0x7f;
    if (before->has_picture_id) {
      EXPECT_EQ(after->picture_id, (before->picture_id + id_offset) & mask);
    }
    EXPECT_EQ(after->spatial_id, before->spatial_id);
    EXPECT_EQ(after->reference_count, before->reference_count);
  }
}

}  // namespace
}  // namespace plenum::codec
