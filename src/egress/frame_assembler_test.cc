#include "egress/frame_assembler.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "egress/test_packetizer.h"
#include "media/rtp/testing.h"

namespace plenum::egress {
namespace {

using codec::Codec;
using rtp::hex;
using testing::Layers;

const TimePoint t0{std::chrono::seconds(1)};

/// Pushes packets in order; `lost` are indices that never come. Timestamps of the frames given.
std::vector<std::uint32_t> timestamps(FrameAssembler& assembler,
                                      const std::vector<MediaPacket>& packets,
                                      const std::vector<std::size_t>& lost = {}) {
  std::vector<std::uint32_t> out;
  bool gap = false;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    if (std::find(lost.begin(), lost.end(), i) != lost.end()) {
      gap = true;
      continue;
    }
    assembler.push({packets[i], std::exchange(gap, false)});
    while (const auto frame = assembler.pop()) out.push_back(frame->timestamp.value());
  }
  return out;
}

using Timestamps = std::vector<std::uint32_t>;

MediaPacket vp8(std::uint64_t seq, std::uint32_t timestamp, const char* payload, bool marker) {
  return {.seq = ExtSeq(seq),
          .timestamp = RtpTime(timestamp),
          .marker = marker,
          .payload = hex(payload),
          .arrival = t0 + Duration(seq)};
}

TEST(FrameAssembler, frames_end_with_the_marker_or_where_the_timestamp_changes) {
  FrameAssembler assembler(Codec::vp8);
  assembler.push({vp8(1, 100, "10 00 01", false), false});
  assembler.push({vp8(2, 100, "00 02", false), false});
  EXPECT_FALSE(assembler.pop());
  assembler.push({vp8(3, 200, "10 01 03", true), false});
  const auto first = assembler.pop();
  const auto second = assembler.pop();

  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->bytes, hex("00 01 02"));
  EXPECT_TRUE(first->key);
  EXPECT_EQ(first->timestamp, RtpTime(100));
  EXPECT_EQ(first->arrival, t0 + 2us);
  EXPECT_EQ(second->bytes, hex("01 03"));
  EXPECT_FALSE(second->key);
}

TEST(FrameAssembler, asks_for_a_key_frame_at_most_every_500_ms_and_only_while_it_waits) {
  FrameAssembler assembler(Codec::vp8);
  EXPECT_TRUE(assembler.wants_key_frame(t0));
  EXPECT_FALSE(assembler.wants_key_frame(t0 + 499ms));
  EXPECT_TRUE(assembler.wants_key_frame(t0 + 500ms));
  assembler.push({vp8(1, 100, "10 00 01", true), false});
  EXPECT_FALSE(assembler.wants_key_frame(t0 + 2s));
  assembler.push({vp8(3, 300, "10 01 03", true), true});

  EXPECT_TRUE(assembler.wants_key_frame(t0 + 2s));
  assembler.push({vp8(4, 400, "10 00 01", true), false});
  EXPECT_FALSE(assembler.wants_key_frame(t0 + 3s));
  assembler.require_key();
  EXPECT_TRUE(assembler.wants_key_frame(t0 + 3s));
}

TEST(FrameAssembler, starts_with_a_key_frame_whose_beginning_it_saw) {
  FrameAssembler assembler(Codec::vp8);
  const std::vector<MediaPacket> packets = {
      vp8(1, 100, "00 01", true), vp8(2, 200, "10 01 02", true), vp8(3, 300, "10 00 03", true)};

  EXPECT_EQ(timestamps(assembler, packets), (Timestamps{300}));
}

TEST(FrameAssembler, a_packet_without_sense_spoils_its_frame_and_those_that_refer_to_it) {
  FrameAssembler assembler(Codec::vp8);
  const std::vector<MediaPacket> packets = {
      vp8(1, 100, "10 00 01", true), vp8(2, 200, "10 01 02", false), vp8(3, 200, "90 80", true),
      vp8(4, 300, "10 01 03", true), vp8(5, 400, "10 00 04", true)};

  EXPECT_EQ(timestamps(assembler, packets), (Timestamps{100, 400}));
  EXPECT_EQ(assembler.counters().spoiled, 1u);
  EXPECT_EQ(assembler.counters().dropped, 1u);
}

/// 0 1 0 1 …: odd frames are the upper layer, and those of `sync` refer to the base only.
std::vector<MediaPacket> two_layers(int frames, int sync_every) {
  std::vector<MediaPacket> packets;
  for (int n = 0; n < frames; ++n) {
    const Layers layers{.said = true,
                        .picture_id = (0x7ffe + n) & 0x7fff,
                        .tl0 = (254 + n / 2) & 0xff,
                        .temporal_id = n % 2,
                        .sync = n % 2 == 1 && n % sync_every == 1};
    const std::vector<std::byte> frame = hex(n == 0 ? "00 01 02 03" : "01 01 02 03");
    testing::append_packets(packets, testing::vp8_payloads(frame, 2, layers),
                            static_cast<std::uint32_t>(n));
  }
  return packets;  // two a frame
}

TEST(FrameAssembler, of_temporal_layers_only_what_refers_to_lost_frames_is_dropped) {
  FrameAssembler upper_lost(Codec::vp8);
  EXPECT_EQ(timestamps(upper_lost, two_layers(10, 6), {6, 7}), (Timestamps{0, 1, 2, 4, 6, 7, 8, 9}))
      << "frame 3 lost; 5 may refer to it, 7 says that it does not";
  EXPECT_FALSE(upper_lost.wants_key_frame(t0 + 5s));
  FrameAssembler half_of_upper_lost(Codec::vp8);
  EXPECT_EQ(timestamps(half_of_upper_lost, two_layers(6, 2), {7}), (Timestamps{0, 1, 2, 4, 5}));
  FrameAssembler base_lost(Codec::vp8);

  EXPECT_EQ(timestamps(base_lost, two_layers(10, 2), {8, 9}), (Timestamps{0, 1, 2, 3}));
  EXPECT_TRUE(base_lost.wants_key_frame(t0));
  FrameAssembler half_of_base_lost(Codec::vp8);
  EXPECT_EQ(timestamps(half_of_base_lost, two_layers(10, 2), {8}), (Timestamps{0, 1, 2, 3}));
}

TEST(FrameAssembler, picture_ids_prove_that_only_padding_was_lost) {
  std::vector<MediaPacket> packets;
  for (int n = 0; n < 4; ++n)
    packets.push_back(vp8(static_cast<std::uint64_t>(n), static_cast<std::uint32_t>(n * 3000),
                          n == 0   ? "90 80 7e 00"
                          : n == 1 ? "90 80 7f 01"
                          : n == 2 ? "90 80 00 01"
                                   : "90 80 02 01",
                          true));
  FrameAssembler assembler(Codec::vp8);
  std::vector<std::uint32_t> given;
  for (MediaPacket& p : packets) {
    assembler.push({std::move(p), true});
    while (const auto frame = assembler.pop()) given.push_back(frame->timestamp.value());
  }

  EXPECT_EQ(given, (Timestamps{0, 3000, 6000}));
}

TEST(FrameAssembler, a_vp9_switching_up_point_opens_the_layers_above) {
  FrameAssembler assembler(Codec::vp9);
  // L, B, E (and P); T U S D; TL0PICIDX; the frame.
  const char* frames[] = {"2c 00 01 82",  // key
                          "6c 20 01 86",  // upper, lost
                          "6c 00 02 86",  // base
                          "6c 20 02 86",  // upper: may refer to the lost one
                          "6c 10 03 86",  // base, switching up point
                          "6c 20 03 86"};
  std::vector<MediaPacket> packets;
  for (std::uint32_t n = 0; n < 6; ++n) packets.push_back(vp8(n, n, frames[n], true));

  EXPECT_EQ(timestamps(assembler, packets, {1}), (Timestamps{0, 2, 4, 5}));
}

}  // namespace
}  // namespace plenum::egress
