#include "media/dtls/endpoint.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <random>
#include <string>

#include "base/overloaded.h"

namespace plenum::dtls {
namespace {

const Certificate& alice() {
  static const Certificate c = Certificate::generate();
  return c;
}
const Certificate& bob() {
  static const Certificate c = Certificate::generate();
  return c;
}
const Certificate& mallory() {
  static const Certificate c = Certificate::generate();
  return c;
}
/// Its hello is as long as a browser's: padded by names of application protocols.
const Certificate& browser() {
  static const Certificate c = [] {
    Certificate made = Certificate::generate();
    std::vector<unsigned char> names;
    for (int i = 0; i < 5; ++i) {
      names.push_back(250);
      names.insert(names.end(), 250, 'x');
    }
    SSL_CTX_set_alpn_protos(made.context(), names.data(), static_cast<unsigned>(names.size()));
    return made;
  }();
  return c;
}

using Datagram = std::vector<std::byte>;

struct Side {
  Endpoint endpoint;
  std::vector<Datagram> sent;
  std::vector<Connected> connected;
  std::vector<std::string> received;
  std::vector<FailReason> failures;
  int closed = 0;

  Side(const Certificate& c, Role role, Endpoint::Config config = {})
      : endpoint(c, role, std::move(config)) {}

  std::vector<Datagram> drain() {
    std::vector<Datagram> out;
    while (auto output = endpoint.poll_output()) {
      std::visit(
          overloaded{
              [&](Transmit& t) {
                const Bytes b = std::as_const(t.datagram).bytes();
                out.emplace_back(b.begin(), b.end());
              },
              [&](Connected& c) { connected.push_back(std::move(c)); },
              [&](Data& d) { received.emplace_back(as_text(std::as_const(d.bytes).bytes())); },
              [&](Failed& f) { failures.push_back(f.reason); },
              [&](Closed&) { ++closed; },
          },
          *output);
    }
    sent.insert(sent.end(), out.begin(), out.end());
    return out;
  }
};

struct Link {
  double loss = 0;
  double duplicates = 0;
  Duration delay = 20ms;
  Duration jitter{};
};

/// Two endpoints and a network between them in virtual time.
struct Pair {
  Side client;
  Side server;
  TimePoint now{};
  Link link{};
  std::mt19937 random{1};
  struct InFlight {
    TimePoint at;
    bool to_server;
    Datagram bytes;
  };
  std::vector<InFlight> network;

  explicit Pair(const Certificate& c = alice(), const Certificate& s = bob(),
                Endpoint::Config cc = {}, Endpoint::Config sc = {})
      : client(c, Role::client, std::move(cc)), server(s, Role::server, std::move(sc)) {}

  void trust_each_other(const Certificate& c = alice(), const Certificate& s = bob()) {
    client.endpoint.set_remote_fingerprint(s.sha256());
    server.endpoint.set_remote_fingerprint(c.sha256());
  }
  double chance() { return static_cast<double>(random()) / static_cast<double>(random.max()); }
  void launch(std::vector<Datagram> datagrams, bool to_server) {
    for (Datagram& d : datagrams) {
      EXPECT_LE(d.size(), 1200u);
      for (int copies = chance() < link.duplicates ? 2 : 1; copies > 0; --copies) {
        if (chance() < link.loss) continue;
        const Duration jitter(
            static_cast<Duration::rep>(chance() * static_cast<double>(link.jitter.count())));
        network.push_back({now + link.delay + jitter, to_server, d});
      }
    }
  }
  void flush() {
    launch(client.drain(), true);
    launch(server.drain(), false);
  }
  void step_to(TimePoint t) {
    now = t;
    std::vector<InFlight> due;
    std::erase_if(network, [&](InFlight& f) {
      if (f.at > now) return false;
      due.push_back(std::move(f));
      return true;
    });
    std::stable_sort(due.begin(), due.end(),
                     [](const auto& a, const auto& b) { return a.at < b.at; });
    for (const InFlight& f : due) {
      (f.to_server ? server : client).endpoint.handle_datagram(f.bytes, now);
      flush();
    }
    if (client.endpoint.next_timeout() <= now) client.endpoint.handle_timeout(now);
    if (server.endpoint.next_timeout() <= now) server.endpoint.handle_timeout(now);
    flush();
  }
  void run_until(TimePoint end) {
    flush();
    for (;;) {
      TimePoint next = std::min(client.endpoint.next_timeout(), server.endpoint.next_timeout());
      for (const InFlight& f : network) next = std::min(next, f.at);
      if (next > end) break;
      step_to(std::max(next, now));
    }
    now = end;
  }
  void run_for(Duration d) { run_until(now + d); }
  void start() { client.endpoint.start(now); }
};

void expect_same_keys(const Pair& p) {
  ASSERT_EQ(p.client.connected.size(), 1u);
  ASSERT_EQ(p.server.connected.size(), 1u);
  EXPECT_EQ(p.client.connected[0].keying_material, p.server.connected[0].keying_material);
  EXPECT_EQ(p.client.connected[0].srtp_profile, p.server.connected[0].srtp_profile);
  EXPECT_TRUE(p.client.connected[0].is_client);
  EXPECT_FALSE(p.server.connected[0].is_client);
}
void expect_no_keys(const Pair& p) {
  EXPECT_TRUE(p.client.connected.empty());
  EXPECT_TRUE(p.server.connected.empty());
}

/// A complete ClientHello that offers only TLS_RSA_WITH_NULL_SHA (0x0002).
Datagram null_cipher_hello() {
  Datagram d(256);
  ByteWriter w(d);
  w.u8(22);
  w.u16(0xFEFF);
  w.zeros(8);
  w.u16(12 + 42);
  w.u8(1);
  w.u24(42);
  w.u16(0);
  w.u24(0);
  w.u24(42);
  w.u16(0xFEFD);
  for (int i = 0; i < 32; ++i) w.u8(0xA0 + i);
  w.u8(0);
  w.u8(0);
  w.u16(2);
  w.u16(0x0002);
  w.u8(1);
  w.u8(0);
  d.resize(w.size());
  return d;
}
Datagram plaintext_record(std::uint8_t type, std::uint64_t sequence, std::string_view body) {
  Datagram d(13 + body.size());
  ByteWriter w(d);
  w.u8(type);
  w.u16(0xFEFD);
  w.u16(0);
  w.u16(sequence >> 32);
  w.u32(sequence & 0xFFFFFFFF);
  w.u16(body.size());
  w.bytes(as_bytes(body));
  return d;
}
const Datagram kFatalAlert = plaintext_record(21, 9, std::string_view("\2\50", 2));

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

// The race for the association (threat T3).

TEST(DtlsRace, a_null_cipher_hello_before_between_and_after_the_real_one_does_no_harm) {
  for (int position = 0; position < 4; ++position) {
    Pair p(browser(), bob());
    p.trust_each_other(browser());
    p.start();
    auto flight = p.client.drain();
    ASSERT_EQ(flight.size(), 2u);
    flight.insert(flight.begin() + std::min(position, 2), null_cipher_hello());
    for (const auto& d : flight) p.server.endpoint.handle_datagram(d, p.now);
    if (position == 3) p.server.endpoint.handle_datagram(null_cipher_hello(), p.now);
    p.run_for(90ms);

    SCOPED_TRACE(position);
    expect_same_keys(p);
    EXPECT_GE(p.server.endpoint.counters().dropped_attempts, 1u);
  }
}

TEST(DtlsRace, a_strangers_valid_hello_before_between_or_after_does_not_keep_the_peer_out) {
  for (std::size_t position = 0; position < 3; ++position) {
    Pair p(browser(), bob());
    p.trust_each_other(browser());
    Side stranger(mallory(), Role::client);
    stranger.endpoint.start(p.now);
    const auto strange = stranger.drain();
    p.start();
    auto flight = p.client.drain();
    for (std::size_t i = 0; i <= flight.size(); ++i) {
      if (i == position) {
        p.server.endpoint.handle_datagram(strange[0], p.now);
        (void)p.server.drain();  // the answer goes elsewhere
      }
      if (i < flight.size()) p.server.endpoint.handle_datagram(flight[i], p.now);
    }
    p.run_for(10s);

    SCOPED_TRACE(position);
    expect_same_keys(p);
    EXPECT_TRUE(p.server.failures.empty());
  }
}

TEST(DtlsRace, a_flood_of_valid_hellos_before_the_real_one_does_not_keep_the_peer_out) {
  Pair p;
  p.trust_each_other();
  for (int i = 0; i < 20; ++i) {
    Side stranger(mallory(), Role::client);
    stranger.endpoint.start(p.now);
    for (const auto& d : stranger.drain()) p.server.endpoint.handle_datagram(d, p.now);
    (void)p.server.drain();
  }
  p.start();
  p.run_for(10s);

  expect_same_keys(p);
}

TEST(DtlsRace, a_stranger_who_completes_a_handshake_first_does_not_get_in_the_way) {
  Pair p;
  Side stranger(mallory(), Role::client);
  stranger.endpoint.set_remote_fingerprint(bob().sha256());
  stranger.endpoint.start(p.now);
  for (int i = 0; i < 6; ++i) {
    for (const auto& d : stranger.drain()) p.server.endpoint.handle_datagram(d, p.now);
    for (const auto& d : p.server.drain()) stranger.endpoint.handle_datagram(d, p.now);
  }
  EXPECT_EQ(stranger.connected.size(), 1u);
  EXPECT_TRUE(p.server.connected.empty());
  p.start();
  p.run_for(1s);
  p.trust_each_other();
  p.run_for(1s);

  expect_same_keys(p);
  EXPECT_TRUE(p.server.failures.empty());
}

TEST(DtlsRace, garbage_and_forged_alerts_at_any_moment_do_no_harm) {
  std::mt19937 random(7);
  // A far-off handshake message (RFC 6347 4.2.2) in a record that would end the replay window.
  const Datagram poison =
      plaintext_record(22, 0xFFFFFFFFFFFF, std::string_view("\24\0\0\0\377\377\0\0\0\0\0\0", 12));
  const Datagram change_cipher_spec = plaintext_record(20, 1, std::string_view("\1", 1));
  for (int round = 0; round < 30; ++round) {
    Pair p(browser(), bob());
    p.trust_each_other(browser());
    p.start();
    for (int step = 0; step < 30; ++step) {
      Datagram garbage(random() % 200);
      for (auto& b : garbage) b = static_cast<std::byte>(random());
      if (!garbage.empty() && random() % 2) garbage[0] = static_cast<std::byte>(20 + random() % 4);
      for (Side* s : {&p.client, &p.server}) {
        s->endpoint.handle_datagram(garbage, p.now);
        s->endpoint.handle_datagram(kFatalAlert, p.now);
        s->endpoint.handle_datagram(poison, p.now);
        if (step < 3) s->endpoint.handle_datagram(change_cipher_spec, p.now);
        s->endpoint.handle_datagram(plaintext_record(21, 3, std::string_view("\1\0", 2)), p.now);
      }
      p.run_for(10ms);
    }
    expect_same_keys(p);
    EXPECT_EQ(p.client.closed + p.server.closed, 0);
    ASSERT_TRUE(p.client.endpoint.send(as_bytes("alive")));
    p.run_for(1s);
    EXPECT_EQ(p.server.received, (std::vector<std::string>{"alive"}));
  }
}

TEST(DtlsRace, an_established_association_ignores_new_hellos_and_replayed_datagrams) {
  Pair p;
  p.trust_each_other();
  p.start();
  p.run_for(1s);
  ASSERT_TRUE(p.client.endpoint.send(as_bytes("once")));
  p.run_for(1s);
  for (int i = 0; i < 20; ++i) {
    for (const auto& d : p.client.sent) p.server.endpoint.handle_datagram(d, p.now);
  }
  p.server.endpoint.handle_datagram(null_cipher_hello(), p.now);
  ASSERT_TRUE(p.client.endpoint.send(as_bytes("more")));
  p.run_for(1s);

  EXPECT_EQ(p.server.received, (std::vector<std::string>{"once", "more"}));
  EXPECT_EQ(p.server.closed, 0);
}

TEST(DtlsRace, a_handshake_that_grows_too_long_is_dropped_and_the_next_one_completes) {
  Pair p;
  p.trust_each_other();
  Side stranger(mallory(), Role::client);
  stranger.endpoint.start(p.now);
  for (const auto& d : stranger.drain()) p.server.endpoint.handle_datagram(d, p.now);
  (void)p.server.drain();
  const Datagram certificate_piece = [] {
    std::string body(1000, '\0');
    body[0] = 11;  // Certificate of 16000 bytes, one piece of it
    body[2] = 0x3E;
    body[3] = static_cast<char>(0x80);
    body[5] = 1;   // message_seq
    body[10] = 3;  // fragment length 988
    body[11] = static_cast<char>(0xDC);
    return plaintext_record(22, 5, body);
  }();
  for (int i = 0; i < 40; ++i) p.server.endpoint.handle_datagram(certificate_piece, p.now);

  EXPECT_EQ(p.server.endpoint.counters().dropped_attempts, 1u);
  EXPECT_EQ(p.server.endpoint.next_timeout(), kNever);
  p.start();
  p.run_for(5s);
  expect_same_keys(p);
}

TEST(DtlsRace, an_abandoned_handshake_is_forgotten_without_a_failure) {
  Pair p;
  p.trust_each_other();
  Side stranger(mallory(), Role::client);
  stranger.endpoint.start(p.now);
  for (const auto& d : stranger.drain()) p.server.endpoint.handle_datagram(d, p.now);
  p.link.loss = 1;
  p.run_for(20s);

  EXPECT_TRUE(p.server.failures.empty());
  EXPECT_EQ(p.server.endpoint.next_timeout(), kNever);
  p.link.loss = 0;
  p.start();
  p.run_for(5s);
  expect_same_keys(p);
}

}  // namespace
}  // namespace plenum::dtls
