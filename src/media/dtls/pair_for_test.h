#pragma once
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/overloaded.h"
#include "media/dtls/endpoint.h"

/// For the tests of this folder: two endpoints and a seeded network between them in virtual time.
namespace plenum::dtls {

inline const Certificate& alice() {
  static const Certificate c = Certificate::generate();
  return c;
}
inline const Certificate& bob() {
  static const Certificate c = Certificate::generate();
  return c;
}
inline const Certificate& mallory() {
  static const Certificate c = Certificate::generate();
  return c;
}
/// Its hello is as long as a browser's: padded by names of application protocols.
inline const Certificate& browser() {
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

inline void expect_same_keys(const Pair& p) {
  ASSERT_EQ(p.client.connected.size(), 1u);
  ASSERT_EQ(p.server.connected.size(), 1u);
  EXPECT_EQ(p.client.connected[0].keying_material, p.server.connected[0].keying_material);
  EXPECT_EQ(p.client.connected[0].srtp_profile, p.server.connected[0].srtp_profile);
  EXPECT_TRUE(p.client.connected[0].is_client);
  EXPECT_FALSE(p.server.connected[0].is_client);
}
inline void expect_no_keys(const Pair& p) {
  EXPECT_TRUE(p.client.connected.empty());
  EXPECT_TRUE(p.server.connected.empty());
}

}  // namespace plenum::dtls
