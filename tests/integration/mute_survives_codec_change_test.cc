#include <gtest/gtest.h>

#include "harness/virtual_server.h"

namespace plenum {
namespace {

using codec::Codec;
using harness::Client;
using harness::VirtualServer;

TEST(CodecChange, leaves_a_muted_track_muted) {
  VirtualServer server(1);
  Client& alice = server.add_client("alice");
  Client& bob = server.add_client("bob");
  server.add_peer(alice, 0);
  server.add_peer(bob, 0);
  const Client::SendSpec camera{.cid = "cam", .codec = Codec::vp8, .rids = {}, .other = Codec::vp9};
  const TrackId track = server.announce(alice, camera);
  server.negotiate(alice, {camera}, 0, 0);
  server.negotiate(bob, {}, 0, 1);
  server.run_for(500ms);
  std::uint16_t seq = 1;
  // Each packet is a key frame of one packet: 0x10 0x10 begins VP8's, and of VP9 S and E are set.
  std::vector<std::byte> payload(60, std::byte{0x10});
  const auto play = [&](Duration d) {
    for (const TimePoint end = server.now() + d; server.now() < end; ++seq) {
      alice.send_rtp(0, 0, seq, seq * 3000u, true, payload, server.now());
      server.run_for(33ms);
    }
  };
  const auto subscribe = [&] {
    server.subscribe(bob, track);
    server.run_for(50ms);
    server.negotiate(bob, {}, 0, 1);
    server.run_for(50ms);
  };
  subscribe();
  play(300ms);
  EXPECT_FALSE(bob.received_on("0").empty());
  server.command(0, shard::SetTrackMuted{track, true});
  alice.switch_codec(0);
  payload[0] = std::byte{0x0c};
  play(1s);
  ASSERT_EQ(server.events<shard::TrackBound>().back().codec, Codec::vp9);
  server.negotiate(bob, {}, 0, 1);  // frees the section
  subscribe();
  bob.clear_received();
  play(300ms);

  EXPECT_TRUE(bob.received_on("0").empty());
  server.command(0, shard::SetTrackMuted{track, false});
  play(300ms);
  EXPECT_FALSE(bob.received_on("0").empty());
}

}  // namespace
}  // namespace plenum
