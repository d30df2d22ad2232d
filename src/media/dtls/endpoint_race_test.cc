#include <gtest/gtest.h>

#include "media/dtls/endpoint.h"
#include "media/dtls/pair_for_test.h"

// The race for the association: forged hellos, alerts and records against the real peer's.
namespace plenum::dtls {
namespace {

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

TEST(DtlsRace, a_failed_strangers_hello_is_not_answered_even_by_an_alert) {
  Side server(bob(), Role::server);
  server.endpoint.handle_datagram(null_cipher_hello(), TimePoint{});

  EXPECT_TRUE(server.drain().empty());
  EXPECT_TRUE(server.failures.empty());
  EXPECT_EQ(server.endpoint.counters().dropped_attempts, 1u);
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
