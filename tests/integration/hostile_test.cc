#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <random>
#include <string>

#include "base/crypto.h"
#include "harness/virtual_server.h"
#include "media/stun/message.h"

/// What strangers and hostile participants can do to a shard: threats T1-T7 of the threat model.
namespace plenum {
namespace {

using codec::Codec;
using harness::Client;
using harness::VirtualServer;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kMemoryIsOurs = false;  // a sanitizer keeps what was freed
#else
constexpr bool kMemoryIsOurs = true;
#endif

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0, resident = 0;
  statm >> total >> resident;
  return resident * 4096;
}

class Hostile : public testing::Test {
 protected:
  VirtualServer server{1, 3};
  const Address server_address = *Address::parse("10.0.0.1", 7882);
  const Address stranger = *Address::parse("203.0.113.9", 999);
  Client* alice = nullptr;
  TrackId track;
  std::uint16_t seq = 1;
  const std::vector<std::byte> payload = std::vector<std::byte>(60, std::byte{0x78});

  void SetUp() override {
    alice = &server.add_client("alice");
    server.add_peer(*alice, 0);
    const Client::SendSpec mic{.cid = "mic", .codec = Codec::opus, .rids = {}};
    track = server.announce(*alice, mic);
    server.negotiate(*alice, {mic}, 0, 0);
    server.run_for(1s);
    ASSERT_TRUE(alice->connected());
  }
  void inject(const Address& from, Bytes bytes) {
    server.network().send(from, server_address, bytes, server.now());
  }
  /// What /metrics would say of the shard.
  shard::Counters scrape() {
    server.clear_events();
    server.command(0, shard::Scrape{});
    return server.events<shard::ShardSnapshot>().at(0).counters;
  }
  /// Audio packets of alice that arrive during so many sends.
  std::uint64_t heard(int packets) {
    const auto before = server.counters(0).rtp_in;
    for (int i = 0; i < packets; ++i, ++seq) {
      alice->send_rtp(0, 0, seq, seq * 960u, false, payload, server.now(), 20);
      server.run_for(20ms);
    }
    return server.counters(0).rtp_in - before;
  }
};

TEST_F(Hostile, garbage_from_strangers_gets_no_answer_and_no_memory) {
  std::mt19937 random(1);
  std::array<std::byte, 1200> bytes;
  const auto burst = [&](int n) {
    for (int i = 0; i < n; ++i) {
      for (auto& b : bytes) b = static_cast<std::byte>(random());
      // A third looks like media, a third like DTLS, a third like anything.
      if (i % 3 == 0) bytes[0] = std::byte{0x80};
      if (i % 3 == 1) bytes[0] = std::byte{22};
      Address from = stranger;
      from.port = static_cast<std::uint16_t>(random());
      inject(from, Bytes(bytes).first(20 + random() % 1180));
      if (i % 64 == 0) server.run_for(10ms);
    }
    server.run_for(100ms);
  };
  burst(2000);
  const auto sent_before = server.counters(0).packets_out;
  const std::size_t resident_before = resident_bytes();
  burst(50'000);

  if (kMemoryIsOurs) {
    EXPECT_LT(resident_bytes(), resident_before + (1 << 20));
  }
  EXPECT_LE(server.counters(0).packets_out - sent_before, 200u);  // consent answers to alice
  EXPECT_EQ(heard(50), 50u);
}

TEST_F(Hostile, a_check_without_integrity_gets_no_answer_and_moves_nothing) {
  std::array<std::byte, 512> bytes;
  const std::string username =
      alice->remote().transport_of(alice->remote().sections[0]).ice_ufrag + ":xxxx";
  for (const bool wrong_key : {false, true}) {
    stun::TransactionId id{};
    crypto::random_bytes(std::as_writable_bytes(std::span(&id, 1)));
    stun::MessageWriter w(bytes, stun::Class::request, stun::Method::binding, id);
    w.username(username);
    w.use_candidate();
    if (wrong_key) w.integrity(as_bytes("not the password"));
    w.fingerprint();
    const auto before = server.counters(0).packets_out;
    inject(stranger, w.written());
    server.run_for(20ms);
    EXPECT_EQ(server.counters(0).packets_out, before);
  }

  EXPECT_EQ(heard(50), 50u);
  EXPECT_TRUE(server.events<shard::PeerDisconnected>().empty());
}

TEST_F(Hostile, media_from_an_address_without_a_check_is_not_taken) {
  server.network().rebind(alice->address(), stranger);
  const auto got = heard(10);  // 200 ms: before the next consent check

  EXPECT_EQ(got, 0u);
}

TEST_F(Hostile, a_client_hello_from_a_stranger_never_reaches_dtls) {
  std::array<std::byte, 200> hello{};
  hello[0] = std::byte{22};
  put_be(hello, 1, 2, 0xfeff);
  put_be(hello, 11, 2, 187);
  hello[13] = std::byte{1};
  for (int i = 0; i < 100; ++i) inject(stranger, hello);
  server.run_for(100ms);

  EXPECT_EQ(server.counters(0).dropped_unknown_sender, 100u);
  EXPECT_EQ(heard(20), 20u);
}

TEST_F(Hostile, doubled_packets_are_taken_once) {
  server.network().set_link(alice->address(), {.delay = 5ms, .duplicate = 1.0}, {});

  EXPECT_EQ(heard(100), 100u);
}

TEST_F(Hostile, replayed_packets_are_dropped_and_counted_also_after_an_ice_restart) {
  std::vector<std::vector<std::byte>> captured;
  server.network().tap = [&](const harness::Network::Datagram& d) {
    const auto first = static_cast<unsigned>(d.bytes.at(0));
    if (d.from == alice->address() && first >= 128 && first < 192) captured.push_back(d.bytes);
  };
  constexpr int kPackets = kMemoryIsOurs ? 10'000 : 500;  // a sanitizer takes its time
  for (int i = 0; i < kPackets; ++i, ++seq) {
    alice->send_rtp(0, 0, seq, seq * 960u, false, payload, server.now(), 20);
    server.run_for(1ms);
  }
  server.run_for(50ms);
  server.network().tap = nullptr;
  ASSERT_GE(captured.size(), std::size_t{kPackets});
  const auto replay = [&] {
    const shard::Counters before = scrape();
    for (const auto& bytes : captured) {
      inject(alice->address(), bytes);
      server.run_for(100us);
    }
    server.run_for(100ms);
    EXPECT_EQ(scrape().dropped_replay - before.dropped_replay, captured.size());
    EXPECT_EQ(scrape().rtp_in, before.rtp_in);
  };
  replay();
  EXPECT_EQ(heard(20), 20u);
  alice->restart_ice();
  server.negotiate(*alice, {{.cid = "mic", .codec = Codec::opus, .rids = {}}}, 0, 0);
  server.run_for(1s);
  replay();
  EXPECT_EQ(heard(20), 20u);
}

TEST_F(Hostile, invented_ssrcs_cost_no_memory_and_do_not_disturb_the_real_one) {
  // The client is authenticated, so its packets open; only their SSRC leads nowhere.
  server.network().set_link(alice->address(), {.delay = 1ms}, {.delay = 1ms});
  (void)heard(5);
  const auto flood = [&](int n) {
    for (int i = 0; i < n; ++i) {
      alice->send_forged_rtp(0, Ssrc(crypto::random_u32()), 7, payload, server.now());
      if (i % 500 == 0) {
        server.run_for(5ms);
        ++seq;
        alice->send_rtp(0, 0, seq, seq * 960u, false, payload, server.now(), 20);
      }
    }
    server.run_for(50ms);
  };
  flood(20'000);
  const std::size_t resident_before = resident_bytes();
  flood(kMemoryIsOurs ? 1'000'000 : 50'000);

  if (kMemoryIsOurs) {
    EXPECT_LT(resident_bytes(), resident_before + (4 << 20));
  }
  EXPECT_EQ(heard(50), 50u);
}

TEST_F(Hostile, a_packet_longer_than_any_path_takes_is_dropped) {
  Client& bob = server.add_client("bob");
  server.add_peer(bob, 0);
  server.negotiate(bob, {}, 1, 0);
  server.run_for(1s);
  server.subscribe(bob, track);
  server.negotiate(bob, {}, 1, 0);
  (void)heard(5);
  const std::vector<std::byte> huge(1900, std::byte{0x78});
  for (int i = 0; i < 10; ++i, ++seq) {
    alice->send_rtp(0, 0, seq, seq * 960u, false, huge, server.now(), 20);
    server.run_for(20ms);
  }

  EXPECT_EQ(heard(20), 20u);
}

TEST_F(Hostile, broken_offers_are_refused_and_the_others_go_on) {
  const PeerId peer(999);  // nobody of the harness, who would choke on the answers
  shard::AddPeer mallory;
  mallory.peer = peer;
  server.command(0, std::move(mallory));
  std::mt19937 random(5);
  const std::string good = alice->make_offer({}, 1, 1, true);
  for (int i = 0; i < 500; ++i) {
    std::string bad = good;
    for (int k = 0; k < 8; ++k) bad[random() % bad.size()] = static_cast<char>(random());
    server.command(0, shard::RemoteOffer{peer, 1, bad});
    bad.resize(random() % bad.size());
    server.command(0, shard::RemoteOffer{peer, 1, bad});
  }

  EXPECT_GT(server.events<shard::NegotiationFailed>().size(), 100u);
  EXPECT_EQ(heard(20), 20u);
}

TEST_F(Hostile, checks_under_the_address_of_another_participant_do_not_take_it_from_him) {
  Client& mallory = server.add_client("mallory");
  server.add_peer(mallory, 0);
  server.negotiate(mallory, {}, 1, 0);
  server.run_for(1s);
  ASSERT_TRUE(mallory.connected());
  server.network().rebind(mallory.address(), alice->address());

  EXPECT_EQ(heard(400), 400u);
}

TEST_F(Hostile, an_address_whose_owner_is_silent_goes_to_who_checks_from_there) {
  Client& bob = server.add_client("bob");
  server.add_peer(bob, 0);
  const Client::SendSpec mic{.cid = "bob's mic", .codec = Codec::opus, .rids = {}};
  server.announce(bob, mic);
  server.negotiate(bob, {mic}, 0, 0);
  server.run_for(1s);
  (void)heard(10);
  server.network().set_link(alice->address(), {.loss = 1.0}, {.loss = 1.0});
  server.network().rebind(bob.address(), alice->address());
  server.run_for(6s);
  const auto before = server.counters(0).rtp_in;
  for (std::uint16_t i = 1; i <= 20; ++i) {
    bob.send_rtp(0, 0, i, i * 960u, false, payload, server.now(), 20);
    server.run_for(20ms);
  }

  EXPECT_EQ(server.counters(0).rtp_in - before, 20u);
}

}  // namespace
}  // namespace plenum
