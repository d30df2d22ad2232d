#include <gtest/gtest.h>

#include "harness/virtual_server.h"

namespace plenum {
namespace {

using codec::Codec;
using harness::Client;
using harness::VirtualServer;

TEST(ClosedPath, takes_no_numbers_from_what_is_sent_until_the_client_is_back) {
  VirtualServer server(1);
  Client& alice = server.add_client("alice");
  Client& bob = server.add_client("bob");
  server.add_peer(alice, 0);
  server.add_peer(bob, 0);
  const Client::SendSpec mic{.cid = "mic", .codec = Codec::opus, .rids = {}};
  const TrackId track = server.announce(alice, mic);
  server.negotiate(alice, {mic}, 0, 0);
  server.negotiate(bob, {}, 1, 0);
  server.run_for(500ms);
  server.subscribe(bob, track);
  server.run_for(50ms);
  server.negotiate(bob, {}, 1, 0);
  const std::vector<std::byte> payload(80, std::byte{0x5a});
  std::uint16_t seq = 1;
  const auto play = [&](Duration d) {
    for (const TimePoint end = server.now() + d; server.now() < end; ++seq) {
      alice.send_rtp(0, 0, seq, seq * 960u, false, payload, server.now(), 20);
      server.run_for(20ms);
    }
  };
  play(1s);
  server.close_path(bob);
  const std::size_t before = bob.received_on("0").size();
  play(6s);
  const auto got = bob.received_on("0");

  ASSERT_GT(got.size(), before + 50);
  EXPECT_LT(got.size(), before + 300);
  for (std::size_t i = 1; i < got.size(); ++i)
    ASSERT_EQ(static_cast<std::uint16_t>(got[i].header.sequence - got[i - 1].header.sequence), 1);
  EXPECT_TRUE(server.events<shard::PeerDisconnected>().empty());
}

}  // namespace
}  // namespace plenum
