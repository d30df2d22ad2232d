#include <gtest/gtest.h>

#include "harness/virtual_server.h"

namespace plenum {
namespace {

using codec::Codec;
using harness::Client;
using harness::VirtualServer;

TEST(Relay, that_was_full_asks_the_publisher_for_a_key_frame) {
  VirtualServer server(2);
  Client& alice = server.add_client("alice");
  Client& bob = server.add_client("bob");
  server.add_peer(alice, 0);
  server.add_peer(bob, 1);
  const Client::SendSpec camera{.cid = "cam", .codec = Codec::vp8, .rids = {}};
  const TrackId track = server.announce(alice, camera);
  server.negotiate(alice, {camera}, 0, 0);
  server.negotiate(bob, {}, 0, 1);
  server.run_for(500ms);
  server.subscribe(bob, track);
  server.run_for(50ms);
  server.negotiate(bob, {}, 0, 1);
  std::vector<std::byte> payload(60, std::byte{0x10});  // begins a key frame
  std::uint16_t seq = 1;
  const auto send = [&] {
    alice.send_rtp(0, 0, seq, seq * 3000u, true, payload, server.now());
    ++seq;
  };
  for (int i = 0; i < 30; ++i) send(), server.run_for(33ms);
  ASSERT_FALSE(bob.received_on("0").empty());
  const int before = alice.plis(0, 0);
  payload[1] = std::byte{0x11};  // no key frame
  const std::vector<std::byte> junk(sizeof(sfu::RelayHeader));
  while (server.relays().ring(0, 1).push({}, junk)) {
  }
  send();
  server.run_for(100ms);

  EXPECT_GT(server.counters(0).dropped_relay_full, 0u);
  EXPECT_EQ(alice.plis(0, 0), before + 1);
}

}  // namespace
}  // namespace plenum
