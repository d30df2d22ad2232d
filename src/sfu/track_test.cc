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

}  // namespace
}  // namespace plenum::sfu
