#include "sfu/subscription.h"

#include <gtest/gtest.h>

#include <vector>

#include "media/rtp/testing.h"

namespace plenum::sfu {
namespace {

constexpr TimePoint t0{1000s};

rtp::Packet packet(std::uint16_t seq, std::vector<std::byte> payload, bool marker = false) {
  std::vector<std::byte> bytes(12);
  put_be(bytes, 0, 2, marker ? 0x80e0 : 0x8060);
  put_be(bytes, 2, 2, seq);
  put_be(bytes, 4, 4, seq * 900u);
  put_be(bytes, 8, 4, 1);
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  rtp::Packet p;
  p.buffer = Buffer::copy_of(bytes);
  p.size = bytes.size();
  p.header = *rtp::parse_header(p.bytes());
  p.seq = ExtSeq(seq);
  return p;
}

Subscription::Wire wire() {
  return {.ssrc = Ssrc(9),
          .payload_type = 98,
          .rtx_ssrc = Ssrc(10),
          .rtx_payload_type = 99,
          .red_payload_type = {}};
}

Track::Config config(codec::Codec codec) {
  Track::Config c;
  c.id = TrackId(1);
  c.codec = codec;
  return c;
}

/// One VP9 packet (RFC 9628 section 4.2) of a stream with spatial layers.
struct Vp9 {
  std::uint16_t seq;
  bool key = false;
  std::uint8_t spatial = 0;
  bool begins = true, ends = true;
  std::uint16_t frame_number = 0;
};

struct Scalable : ::testing::Test {
  Scalable() : track(config(codec::Codec::vp9)), subscription(PeerId(1), track) {
    subscription.bind(wire(), t0);
  }
  /// The number it went out with.
  std::optional<std::uint64_t> send(const Vp9& v) {
    std::vector<std::byte> payload(20);
    payload[0] =
        static_cast<std::byte>(0x20 | (v.key ? 0 : 0x40) | (v.begins ? 8 : 0) | (v.ends ? 4 : 0));
    payload[1] = static_cast<std::byte>(v.spatial << 1);
    // Not explained by any structure: the payload descriptor tells the layers.
    std::vector<std::byte> descriptor(3);
    put_be(descriptor, 1, 2, v.frame_number);
    rtp::ExtensionsView extensions;
    extensions.dependency_descriptor = descriptor;
    const TrackPacket* taken =
        track.handle_rtp(0, false, packet(v.seq, std::move(payload)), extensions, t0);
    const bool sent = taken && subscription.forward(*taken, t0, out);
    track.end_burst();
    return sent ? std::optional(out.seq.value()) : std::nullopt;
  }
  bool retransmit(std::uint64_t seq) {
    return subscription.retransmit(static_cast<std::uint16_t>(seq), t0, out);
  }

  Track track;
  Subscription subscription;
  rtp::Outgoing out;
};

TEST_F(Scalable, a_key_picture_whose_beginning_comes_late_raises_no_layer) {
  subscription.set_target(true, 0, 0xff, t0);
  const auto first = send({.seq = 100, .key = true});
  ASSERT_TRUE(first);
  EXPECT_FALSE(send({.seq = 101, .key = true, .spatial = 1}));
  subscription.set_target(true, 2, 0xff, t0);
  EXPECT_EQ(send({.seq = 103, .key = true, .begins = false}), *first + 2);
  EXPECT_FALSE(send({.seq = 104, .key = true, .spatial = 1}));

  EXPECT_EQ(send({.seq = 102, .key = true, .ends = false}), *first + 1);
  EXPECT_FALSE(out.payload.empty());
  EXPECT_EQ(send({.seq = 105}), *first + 3);
  EXPECT_FALSE(send({.seq = 106, .spatial = 1}));
}

TEST_F(Scalable, a_late_packet_that_is_not_wanted_closes_its_place_with_nothing_in_it) {
  subscription.set_target(true, 0, 0xff, t0);
  const auto first = send({.seq = 100, .key = true});
  ASSERT_TRUE(first);
  EXPECT_EQ(send({.seq = 102}), *first + 2);

  EXPECT_EQ(send({.seq = 101, .spatial = 1}), *first + 1);
  EXPECT_TRUE(out.payload.empty());
  EXPECT_TRUE(out.dependency_descriptor.empty());
}

TEST_F(Scalable, the_picture_ends_with_the_highest_layer_sent_also_when_sent_again) {
  subscription.set_target(true, 1, 0xff, t0);
  const auto first = send({.seq = 100, .key = true});
  EXPECT_FALSE(out.marker);
  const auto second = send({.seq = 101, .key = true, .spatial = 1});
  ASSERT_TRUE(first && second);
  EXPECT_TRUE(out.marker);
  subscription.set_target(true, 0, 0xff, t0);
  const auto third = send({.seq = 102});
  EXPECT_TRUE(out.marker);
  EXPECT_FALSE(send({.seq = 103, .spatial = 1}));

  ASSERT_TRUE(retransmit(*first));
  EXPECT_FALSE(out.marker);
  ASSERT_TRUE(retransmit(*second));
  EXPECT_TRUE(out.marker);
  ASSERT_TRUE(retransmit(*third));
  EXPECT_TRUE(out.marker);
}

TEST_F(Scalable, frame_numbers_go_on_after_a_pause) {
  ASSERT_TRUE(send({.seq = 100, .key = true, .frame_number = 50}));
  EXPECT_EQ(out.frame_number_offset, 0);
  subscription.set_target(false, 2, 0xff, t0);
  EXPECT_FALSE(send({.seq = 101, .frame_number = 51}));
  subscription.set_target(true, 2, 0xff, t0);
  ASSERT_TRUE(send({.seq = 102, .key = true, .frame_number = 40'000}));

  EXPECT_EQ(static_cast<std::uint16_t>(40'000 + out.frame_number_offset), 51);
}

struct Voice : ::testing::Test {
  Voice() : track(config(codec::Codec::opus)), subscription(PeerId(1), track) {}
  void bind(std::uint8_t payload_type, std::optional<std::uint8_t> red_type) {
    auto w = wire();
    w.payload_type = payload_type;
    w.red_payload_type = red_type;
    subscription.bind(w, t0);
  }
  bool send(std::uint16_t seq, bool is_red, std::vector<std::byte> payload) {
    const TrackPacket* taken = track.handle_rtp(0, is_red, packet(seq, std::move(payload)), {}, t0);
    const bool sent = taken && subscription.forward(*taken, t0, out);
    track.end_burst();
    return sent;
  }
  /// A primary of two bytes in payload type 111 and no redundancy.
  const std::vector<std::byte> red = {std::byte{111}, std::byte{0xaa}, std::byte{0xbb}};

  Track track;
  Subscription subscription;
  rtp::Outgoing out;
};

TEST_F(Voice, redundancy_passes_to_who_uses_the_same_payload_type) {
  bind(111, 63);
  ASSERT_TRUE(send(1, true, red));

  EXPECT_EQ(out.payload_type, 63);
  EXPECT_EQ(out.payload.size(), 3u);
}

TEST_F(Voice, redundancy_under_another_payload_type_is_taken_off) {
  bind(109, 63);
  ASSERT_TRUE(send(1, true, red));

  EXPECT_EQ(out.payload_type, 109);
  EXPECT_EQ(out.payload.size(), 2u);
}

TEST_F(Voice, has_no_reports_to_send_while_it_is_held) {
  bind(111, {});
  ASSERT_TRUE(send(1, false, red));
  EXPECT_NE(subscription.next_sender_report(), kNever);
  subscription.set_target(false, 0, 0, t0);
  EXPECT_EQ(subscription.next_sender_report(), kNever);
  subscription.set_target(true, 0, 0, t0);
  EXPECT_EQ(subscription.next_sender_report(), kNever);
  ASSERT_TRUE(send(2, false, red));

  EXPECT_NE(subscription.next_sender_report(), kNever);
}

}  // namespace
}  // namespace plenum::sfu
