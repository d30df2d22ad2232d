#include "media/dtls/endpoint.h"

#include <gtest/gtest.h>

#include "media/dtls/pair_for_test.h"

namespace plenum::dtls {
namespace {

TEST(DtlsEndpoint, both_roles_agree_on_keys) {
  Pair p;
  p.trust_each_other();
  p.start();
  p.run_for(1s);

  expect_same_keys(p);
  EXPECT_EQ(p.client.connected[0].srtp_profile, kSrtpAeadAes128Gcm);
  EXPECT_EQ(p.client.connected[0].keying_material.size(), 56u);
  EXPECT_EQ(p.client.endpoint.next_timeout(), kNever);
  EXPECT_EQ(p.server.endpoint.next_timeout(), kNever);
}

TEST(DtlsEndpoint, negotiates_every_profile_with_its_own_key_length) {
  const std::pair<std::uint16_t, std::size_t> profiles[] = {
      {kSrtpAeadAes128Gcm, 56}, {kSrtpAeadAes256Gcm, 88}, {kSrtpAes128CmSha1_80, 60}};
  for (const auto& [profile, bytes] : profiles) {
    Pair p(alice(), bob(), {.srtp_profiles = {profile}});
    p.trust_each_other();
    p.start();
    p.run_for(1s);

    expect_same_keys(p);
    EXPECT_EQ(p.server.connected[0].srtp_profile, profile);
    EXPECT_EQ(p.server.connected[0].keying_material.size(), bytes);
  }
}

TEST(DtlsEndpoint, the_servers_order_of_profiles_decides) {
  Pair p(alice(), bob(), {.srtp_profiles = {kSrtpAes128CmSha1_80, kSrtpAeadAes128Gcm}},
         {.srtp_profiles = {kSrtpAeadAes256Gcm, kSrtpAeadAes128Gcm, kSrtpAes128CmSha1_80}});
  p.trust_each_other();
  p.start();
  p.run_for(1s);

  expect_same_keys(p);
  EXPECT_EQ(p.server.connected[0].srtp_profile, kSrtpAeadAes128Gcm);
}

TEST(DtlsEndpoint, fails_without_a_common_profile) {
  Pair p(alice(), bob(), {.srtp_profiles = {kSrtpAeadAes256Gcm}},
         {.srtp_profiles = {kSrtpAeadAes128Gcm}});
  p.trust_each_other();
  p.start();
  p.run_for(1s);

  expect_no_keys(p);
  EXPECT_EQ(p.server.failures, std::vector{FailReason::no_srtp_profile});
  EXPECT_EQ(p.client.failures, std::vector{FailReason::no_srtp_profile});
}

TEST(DtlsEndpoint, carries_application_data_both_ways_up_to_its_limit) {
  Pair p;
  p.trust_each_other();
  EXPECT_FALSE(p.client.endpoint.send(as_bytes("too early")));
  p.start();
  p.run_for(1s);
  const std::string longest(1100, 'z');

  EXPECT_TRUE(p.client.endpoint.send(as_bytes("hello")));
  EXPECT_TRUE(p.client.endpoint.send(as_bytes(longest)));
  EXPECT_TRUE(p.server.endpoint.send(as_bytes("welcome")));
  EXPECT_FALSE(p.server.endpoint.send(as_bytes(std::string(Endpoint::kMaxData + 1, 'x'))));
  p.run_for(1s);

  EXPECT_EQ(p.server.received, (std::vector<std::string>{"hello", longest}));
  EXPECT_EQ(p.client.received, (std::vector<std::string>{"welcome"}));
}

TEST(DtlsEndpoint, the_longest_data_fits_a_buffer_with_every_profile) {
  Pair p;
  p.trust_each_other();
  p.start();
  p.run_for(1s);
  ASSERT_TRUE(p.client.endpoint.send(as_bytes(std::string(Endpoint::kMaxData, 'm'))));
  auto output = p.client.endpoint.poll_output();

  ASSERT_TRUE(output && std::holds_alternative<Transmit>(*output));
  p.server.endpoint.handle_datagram(std::get<Transmit>(*output).datagram.bytes(), p.now);
  p.server.drain();
  ASSERT_EQ(p.server.received.size(), 1u);
  EXPECT_EQ(p.server.received[0].size(), Endpoint::kMaxData);
}

TEST(DtlsEndpoint, completes_through_loss_reordering_and_duplicates_in_virtual_time) {
  int completed = 0;
  for (unsigned seed = 0; seed < 60; ++seed) {
    Pair p(seed % 2 ? alice() : browser(), bob());
    p.random.seed(seed);
    p.link = {.loss = 0.2, .duplicates = 0.1, .delay = 30ms, .jitter = 60ms};
    p.trust_each_other(seed % 2 ? alice() : browser());
    p.start();
    p.run_for(15s);
    if (p.client.connected.size() == 1 && p.server.connected.size() == 1) {
      ++completed;
      expect_same_keys(p);
    }
    EXPECT_LE(p.client.connected.size(), 1u);
    EXPECT_LE(p.server.connected.size(), 1u);
  }
  EXPECT_GE(completed, 59);
}

/// Drops the n-th datagram that anybody sends; whichever it is, the handshake must complete.
TEST(DtlsEndpoint, completes_when_any_single_datagram_is_lost) {
  for (std::size_t lost = 0; lost < 7; ++lost) {
    Pair p(browser(), bob());
    p.trust_each_other(browser());
    std::size_t count = 0;
    p.start();
    for (int round = 0; round < 400; ++round) {
      p.flush();
      for (auto it = p.network.begin(); it != p.network.end();) {
        if (it->at == p.now + p.link.delay && count++ == lost) {
          it = p.network.erase(it);
        } else {
          ++it;
        }
      }
      p.step_to(p.now + 20ms);
    }
    SCOPED_TRACE(lost);
    expect_same_keys(p);
  }
}

TEST(DtlsEndpoint, retransmits_when_the_first_flights_are_lost_and_backs_off) {
  Pair p;
  p.trust_each_other();
  p.link.loss = 1;
  p.start();
  p.run_for(2s);

  // At 0, 100, 300, 700 and 1500 ms.
  EXPECT_EQ(p.client.sent.size(), 5u);
  p.link.loss = 0;
  p.run_for(3s);
  expect_same_keys(p);
}

TEST(DtlsEndpoint, the_client_gives_up_after_fifteen_seconds) {
  Pair p;
  p.trust_each_other();
  p.link.loss = 1;
  p.start();
  p.run_for(15s - 1us);
  EXPECT_TRUE(p.client.failures.empty());
  p.run_for(1us);

  EXPECT_EQ(p.client.failures, std::vector{FailReason::timeout});
  EXPECT_EQ(p.client.endpoint.next_timeout(), kNever);
}

TEST(DtlsEndpoint, a_hello_split_over_two_datagrams_works_in_either_order) {
  for (const bool swapped : {false, true}) {
    Pair p(browser(), bob());
    p.trust_each_other(browser());
    p.start();
    auto hello = p.client.drain();
    ASSERT_EQ(hello.size(), 2u);
    EXPECT_GT(hello[0].size() + hello[1].size(), 1400u);
    if (swapped) std::swap(hello[0], hello[1]);
    for (const auto& d : hello) p.server.endpoint.handle_datagram(d, p.now);
    p.run_for(90ms);  // before any retransmission

    expect_same_keys(p);
  }
}

TEST(DtlsEndpoint, a_wrong_certificate_yields_no_keys_in_either_role) {
  {
    Pair p(mallory(), bob());
    p.trust_each_other();  // the server awaits alice
    p.start();
    p.run_for(2s);
    EXPECT_TRUE(p.server.connected.empty());
    EXPECT_EQ(p.server.failures, std::vector{FailReason::certificate_mismatch});
    EXPECT_FALSE(p.server.endpoint.send(as_bytes("x")));
  }
  {
    Pair p(alice(), mallory());
    p.trust_each_other();  // the client awaits bob
    p.start();
    p.run_for(2s);
    EXPECT_TRUE(p.client.connected.empty());
    EXPECT_EQ(p.client.failures, std::vector{FailReason::certificate_mismatch});
    EXPECT_FALSE(p.client.endpoint.send(as_bytes("x")));
  }
}

TEST(DtlsEndpoint, a_fingerprint_that_comes_late_releases_the_keys_only_then) {
  Pair p;
  p.start();
  p.run_for(3s);
  expect_no_keys(p);
  p.trust_each_other();
  p.run_for(1s);

  expect_same_keys(p);
  EXPECT_TRUE(p.client.endpoint.send(as_bytes("now")));
  p.run_for(1s);
  EXPECT_EQ(p.server.received, (std::vector<std::string>{"now"}));
}

TEST(DtlsEndpoint, a_late_fingerprint_of_another_certificate_fails_both_roles) {
  Pair p;
  p.start();
  p.run_for(3s);
  p.client.endpoint.set_remote_fingerprint(mallory().sha256());
  p.server.endpoint.set_remote_fingerprint(mallory().sha256());
  p.run_for(1s);

  expect_no_keys(p);
  EXPECT_EQ(p.client.failures, std::vector{FailReason::certificate_mismatch});
  EXPECT_EQ(p.server.failures, std::vector{FailReason::certificate_mismatch});
}

TEST(DtlsEndpoint, nothing_is_exported_while_no_fingerprint_comes) {
  Pair p;
  p.start();
  p.run_for(60s);

  expect_no_keys(p);
  EXPECT_FALSE(p.client.endpoint.send(as_bytes("x")));
}

TEST(DtlsEndpoint, a_changed_fingerprint_after_connecting_fails_the_endpoint) {
  Pair p;
  p.trust_each_other();
  p.start();
  p.run_for(1s);
  p.server.endpoint.set_remote_fingerprint(alice().sha256());
  p.server.drain();
  EXPECT_TRUE(p.server.failures.empty());
  p.server.endpoint.set_remote_fingerprint(mallory().sha256());
  p.server.drain();

  EXPECT_EQ(p.server.failures, std::vector{FailReason::certificate_mismatch});
  EXPECT_FALSE(p.server.endpoint.send(as_bytes("x")));
}

TEST(DtlsEndpoint, close_reaches_the_peer_and_is_answered) {
  Pair p;
  p.trust_each_other();
  p.start();
  p.run_for(1s);
  p.client.endpoint.close();
  p.run_for(1s);

  EXPECT_EQ(p.server.closed, 1);
  EXPECT_EQ(p.client.closed, 0);
  EXPECT_FALSE(p.server.endpoint.send(as_bytes("x")));
}

TEST(DtlsEndpoint, an_endpoint_can_be_moved_in_the_middle_of_its_handshake) {
  Pair p;
  p.trust_each_other();
  p.start();
  p.run_for(50ms);
  Endpoint moved = std::move(p.client.endpoint);
  p.client.endpoint = std::move(moved);
  p.run_for(1s);

  expect_same_keys(p);
}

}  // namespace
}  // namespace plenum::dtls
