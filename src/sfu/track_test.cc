#include "sfu/track.h"

#include <gtest/gtest.h>

#include <set>

#include "media/rtp/testing.h"
#include "sfu/subscription.h"

namespace plenum::sfu {
namespace {

constexpr TimePoint t0{1000s};

Track::Config voice() {
  Track::Config config;
  config.id = TrackId(1);
  return config;
}

/// One opus packet of `ssrc`, filled with `fill`.
rtp::Packet packet(std::uint32_t ssrc, std::uint16_t seq, std::uint8_t fill) {
  std::vector<std::byte> bytes(12 + 40, std::byte{fill});
  put_be(bytes, 0, 2, 0x8060);
  put_be(bytes, 2, 2, seq);
  put_be(bytes, 4, 4, seq * 960u);
  put_be(bytes, 8, 4, ssrc);
  rtp::Packet p;
  p.buffer = Buffer::copy_of(bytes);
  p.size = bytes.size();
  p.header = *rtp::parse_header(p.bytes());
  p.seq = ExtSeq(seq);
  return p;
}

Subscription::Wire wire() {
  Subscription::Wire w;
  w.ssrc = Ssrc(9);
  w.payload_type = 111;
  return w;
}

TEST(Track, streams_that_take_turns_within_a_burst_leave_its_packets_whole) {
  Track track(voice());
  const rtp::ExtensionsView none;
  for (std::uint16_t i = 0; i < 6; ++i)
    ASSERT_TRUE(
        track.handle_rtp(0, false, packet(i % 2, 100, static_cast<std::uint8_t>(i)), none, t0));

  ASSERT_EQ(track.burst().size(), 6u);
  for (std::uint8_t i = 0; i < 6; ++i) {
    EXPECT_EQ(track.burst()[i].packet->payload()[0], std::byte{i});
    EXPECT_EQ(track.burst()[i].epoch, i + 1u);
  }
}

TEST(Track, streams_that_take_turns_never_get_the_same_output_number) {
  Track track(voice());
  Subscription subscription(PeerId(1), track);
  subscription.bind(wire(), t0);
  const rtp::ExtensionsView none;
  std::set<std::uint64_t> used;
  for (std::uint16_t i = 0; i < 40; ++i) {
    // Both streams count up and down around the same numbers.
    track.handle_rtp(0, false, packet(i / 3 % 2, static_cast<std::uint16_t>(100 + i % 5), 0), none,
                     t0);
    rtp::Outgoing out;
    for (const TrackPacket& p : track.burst()) {
      if (!subscription.forward(p, t0, out)) continue;
      EXPECT_TRUE(used.insert(out.seq.value()).second) << out.seq.value();
    }
    track.end_burst();
  }
  EXPECT_GT(used.size(), 10u);
}

TEST(Track, layers_where_there_are_none_never_get_an_output_number_twice) {
  Track::Config vp9 = voice();
  vp9.codec = codec::Codec::vp9;
  for (const Track::Config& config : {voice(), vp9}) {
    Track track(config);
    EXPECT_EQ(track.handle_rtp(1, false, packet(2, 100, 0), {}, t0), nullptr);
    EXPECT_NE(track.handle_rtp(0, false, packet(1, 100, 0), {}, t0), nullptr);
    EXPECT_EQ(track.handle_rtp(2, false, packet(3, 100, 0), {}, t0), nullptr);
  }
}

TEST(Track, broken_redundancy_is_not_taken_for_audio) {
  Track track(voice());
  const rtp::ExtensionsView none;

  EXPECT_FALSE(track.handle_rtp(0, true, packet(1, 100, 0xff), none, t0));  // headers without end
  EXPECT_TRUE(track.handle_rtp(0, true, packet(1, 101, 0x6f), none, t0));   // the primary alone
}

TEST(Track, what_cannot_be_sent_takes_no_number) {
  Track track(voice());
  Subscription subscription(PeerId(1), track);
  subscription.bind(wire(), t0);
  const auto forward = [&](std::uint16_t seq) {
    rtp::Outgoing out;
    const TrackPacket* p = track.handle_rtp(0, false, packet(1, seq, 0), {}, t0);
    const bool sent = p && subscription.forward(*p, t0, out);
    track.end_burst();
    return sent ? std::optional(out.seq.value()) : std::nullopt;
  };
  const auto first = forward(1);
  subscription.set_sendable(false, t0);
  EXPECT_FALSE(forward(2));
  subscription.set_sendable(true, t0);

  EXPECT_EQ(forward(3), *first + 1);
}

/// A packet of `ssrc` with no payload but padding, as browsers send to probe for bandwidth.
rtp::Packet probe(std::uint32_t ssrc, std::uint16_t seq) {
  rtp::Packet p = packet(ssrc, seq, 40);  // the last byte says how many are padding
  put_be(p.buffer.bytes(), 0, 1, 0xa0);
  p.header = *rtp::parse_header(p.bytes());
  return p;
}

/// A video stream of one layer and its subscriber; numbers as they go out.
struct Probed : ::testing::Test {
  Probed() : track(camera()), subscription(PeerId(1), track) {
    Subscription::Wire w = wire();
    w.rtx_ssrc = Ssrc(10);
    w.rtx_payload_type = 112;
    subscription.bind(w, t0);
  }
  static Track::Config camera() {
    Track::Config config = voice();
    config.codec = codec::Codec::vp8;
    return config;
  }
  /// VP8 without picture ids: a descriptor, then a frame of one packet; the first is a key frame.
  static rtp::Packet frame(std::uint16_t seq) {
    rtp::Packet p = packet(1, seq, 0);
    const bool keyframe = seq == 100;
    put_be(p.buffer.bytes(), 12, 2, keyframe ? 0x1000 : 0x1001);
    return p;
  }
  std::optional<std::uint64_t> send(rtp::Packet p) {
    const TrackPacket* taken = track.handle_rtp(0, false, std::move(p), {}, t0);
    const bool sent = taken && subscription.forward(*taken, t0, out);
    track.end_burst();
    return sent ? std::optional(out.seq.value()) : std::nullopt;
  }

  Track track;
  Subscription subscription;
  rtp::Outgoing out;
};

TEST_F(Probed, a_probe_leaves_no_hole_for_the_subscriber) {
  EXPECT_FALSE(send(probe(1, 99)));
  const auto first = send(frame(100));
  ASSERT_TRUE(first);
  EXPECT_EQ(send(frame(101)), *first + 1);
  for (std::uint16_t seq = 102; seq < 150; ++seq) EXPECT_FALSE(send(probe(1, seq)));

  EXPECT_EQ(send(frame(150)), *first + 2);
  EXPECT_FALSE(send(probe(1, 120)));
  EXPECT_EQ(send(frame(151)), *first + 3);
}

TEST_F(Probed, packets_around_a_probe_are_found_again_by_the_numbers_they_went_out_with) {
  const auto first = send(frame(100));
  ASSERT_TRUE(first);
  send(probe(1, 101));
  send(frame(102));
  ASSERT_TRUE(subscription.retransmit(static_cast<std::uint16_t>((*first + 1) & 0xffff), t0, out));

  EXPECT_EQ(out.timestamp, RtpTime(102 * 960));
  EXPECT_EQ(be(out.prefix, 0, 2), (*first + 1) & 0xffff);
  EXPECT_FALSE(subscription.retransmit(static_cast<std::uint16_t>((*first + 2) & 0xffff), t0, out));
}

TEST_F(Probed, a_probe_that_comes_late_fills_the_place_that_was_kept_for_it) {
  const auto first = send(frame(100));
  ASSERT_TRUE(first);
  EXPECT_EQ(send(frame(102)), *first + 2);

  EXPECT_EQ(send(probe(1, 101)), *first + 1);
  EXPECT_TRUE(out.payload.empty());
  EXPECT_EQ(out.prefix_size, 0);
  EXPECT_FALSE(send(probe(1, 101)));
}

TEST_F(Probed, probes_do_not_keep_a_layer_alive) {
  Track simulcast([] {
    Track::Config config = camera();
    config.layers = 2;
    config.simulcast = true;
    return config;
  }());
  simulcast.handle_rtp(1, false, frame(100), {}, t0);
  EXPECT_EQ(simulcast.active_layers(), 2);
  simulcast.handle_rtp(1, false, probe(1, 101), {}, t0 + 1s);
  simulcast.handle_timeout(t0 + 2s);

  EXPECT_EQ(simulcast.active_layers(), 0);
}

TEST(Track, keeps_the_clock_that_a_replica_was_told_before_its_first_packet) {
  Track track(voice());
  track.handle_sender_report(0, NtpTime{1}, RtpTime(2), t0);
  track.handle_rtp(0, false, packet(1, 100, 0), {}, t0);
  EXPECT_TRUE(track.clock(0).valid);

  track.handle_rtp(0, false, packet(2, 100, 0), {}, t0);  // another stream, whose clock is unknown
  EXPECT_FALSE(track.clock(0).valid);
}

/// Bytes from binary digits; everything else is skipped.
std::vector<std::byte> binary(std::string_view text) {
  std::vector<std::byte> out;
  std::size_t n = 0;
  for (const char c : text) {
    if (c != '0' && c != '1') continue;
    if (n % 8 == 0) out.push_back(std::byte{0});
    if (c == '1') out.back() |= static_cast<std::byte>(0x80u >> n % 8);
    ++n;
  }
  return out;
}

TEST(Track, a_key_frame_repaired_late_does_not_explain_what_comes_after_a_newer_one) {
  Track::Config config = voice();
  config.codec = codec::Codec::av1;
  Track track(config);
  // Two temporal layers, as in dependency_descriptor_test.cc; templates from the given number on.
  const auto key = [](const char* first) {
    return binary(std::string("11") + first + "0000000000000001 10000" + first +
                  "00001 00 01 11 10 10 10 10 00 01 0 1 0001 0 1 0000 0 10 0000 0010 0001 0");
  };
  const auto temporal_layer = [&](std::uint16_t seq, const std::vector<std::byte>& descriptor) {
    rtp::ExtensionsView extensions;
    extensions.dependency_descriptor = descriptor;
    const TrackPacket* p = track.handle_rtp(0, false, packet(1, seq, 0), extensions, t0);
    return p ? p->frame.temporal_id : -1;
  };
  const auto upper = binary("11 001100 0000000000000010");  // the third of the newer structure
  temporal_layer(101, key("001010"));
  ASSERT_EQ(temporal_layer(102, upper), 1);
  temporal_layer(100, key("000000"));

  EXPECT_EQ(temporal_layer(103, upper), 1);
}

}  // namespace
}  // namespace plenum::sfu
