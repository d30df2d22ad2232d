#include "media/ice/controlling_agent.h"

#include <gtest/gtest.h>

#include <random>

#include "base/overloaded.h"
#include "media/ice/lite_agent.h"

namespace plenum::ice {
namespace {

Path server_path(std::uint16_t port) {
  return {*Address::parse("203.0.113.1", port), Transport::udp, 0};
}

/// A client and a lite server in virtual time. The server sees the client at `client_port`.
struct Call {
  Credentials server_credentials = Credentials::generate();
  ControllingAgent client{Credentials::generate()};
  LiteAgent server{server_credentials};
  TimePoint now{};
  std::uint16_t client_port = 5000;
  std::vector<std::uint16_t> open_ports{1};
  double loss = 0;
  std::mt19937 random{1};
  struct InFlight {
    TimePoint at;
    bool to_server;
    Path path;
    std::vector<std::byte> bytes;
  };
  std::vector<InFlight> network;
  std::vector<Path> client_selected, server_selected;
  int client_failed = 0, server_failed = 0, requests = 0;

  void start(std::vector<Path> candidates) {
    server.set_remote(client.local());
    client.set_remote(server_credentials, std::move(candidates), now);
  }
  template <class Agent>
  void flush(Agent& agent, bool from_client) {
    while (auto o = agent.poll_output()) {
      std::visit(overloaded{
                     [&](Transmit& t) {
                       requests += from_client;
                       const double dice =
                           static_cast<double>(random()) / static_cast<double>(random.max());
                       if (dice < loss) return;
                       const Bytes b = std::as_const(t.datagram).bytes();
                       network.push_back({now + 20ms, from_client, t.to, {b.begin(), b.end()}});
                     },
                     [&](PathValidated&) {},
                     [&](PathSelected& p) {
                       (from_client ? client_selected : server_selected).push_back(p.path);
                     },
                     [&](Failed&) { ++(from_client ? client_failed : server_failed); },
                 },
                 *o);
    }
  }
  /// The client's port stands for its address; the server's port is carried in `local`.
  void deliver(const InFlight& f) {
    if (f.to_server) {
      const auto port = f.path.remote.port;
      if (std::find(open_ports.begin(), open_ports.end(), port) == open_ports.end()) return;
      server.handle_stun(f.bytes,
                         {*Address::parse("198.51.100.9", client_port), Transport::udp, port}, now);
    } else {
      client.handle_stun(f.bytes, server_path(static_cast<std::uint16_t>(f.path.local)), now);
    }
  }
  void run_for(Duration d) {
    const TimePoint end = now + d;
    for (;;) {
      flush(client, true);
      flush(server, false);
      TimePoint next = std::min(client.next_timeout(), server.next_timeout());
      for (const InFlight& f : network) next = std::min(next, f.at);
      if (next > end) break;
      now = std::max(now, next);
      std::vector<InFlight> due;
      std::erase_if(network, [&](InFlight& f) {
        if (f.at > now) return false;
        due.push_back(std::move(f));
        return true;
      });
      for (const InFlight& f : due) deliver(f);
      if (client.next_timeout() <= now) client.handle_timeout(now);
      if (server.next_timeout() <= now) server.handle_timeout(now);
    }
    now = end;
  }
};

TEST(ControllingAgent, connects_to_a_lite_server_and_nominates_the_first_success) {
  Call call;
  call.start({server_path(1)});
  call.run_for(200ms);

  EXPECT_EQ(call.client.selected(), server_path(1));
  ASSERT_TRUE(call.server.selected());
  EXPECT_EQ(call.server.selected()->remote.port, 5000);
  EXPECT_EQ(call.requests, 2) << "one check, one nomination";
  EXPECT_TRUE(call.client.is_validated(server_path(1)));
}

TEST(ControllingAgent, passes_over_dead_candidates_at_the_pace_of_one_in_fifty_milliseconds) {
  Call call;
  call.open_ports = {4};
  call.start({server_path(1), server_path(2), server_path(3), server_path(4)});
  call.run_for(149ms);
  EXPECT_EQ(call.requests, 3);
  call.run_for(100ms);

  EXPECT_EQ(call.client.selected(), server_path(4));
}

TEST(ControllingAgent, keeps_consent_alive_for_minutes) {
  Call call;
  call.start({server_path(1)});
  call.run_for(5min);

  EXPECT_EQ(call.client_failed + call.server_failed, 0);
  EXPECT_EQ(call.client_selected.size(), 1u);
  EXPECT_EQ(call.server_selected.size(), 1u);
  EXPECT_NEAR(call.requests, 300 / 2.5, 4);
}

TEST(ControllingAgent, gets_through_heavy_loss) {
  int connected = 0;
  for (unsigned seed = 0; seed < 50; ++seed) {
    Call call;
    call.random.seed(seed);
    call.loss = 0.3;
    call.start({server_path(1)});
    call.run_for(14s);
    connected += call.client.selected() == server_path(1);
  }
  // Five requests fit in the time; both ways 30 % are lost, twice over: 7 % fail.
  EXPECT_GE(connected, 44);
}

TEST(ControllingAgent, fails_after_fifteen_seconds_without_an_answer) {
  Call call;
  call.open_ports = {};
  call.start({server_path(1)});
  call.run_for(15s - 1us);
  EXPECT_EQ(call.client_failed, 0);
  call.run_for(1us);
  call.flush(call.client, true);

  EXPECT_EQ(call.client_failed, 1);
  EXPECT_EQ(call.client.next_timeout(), kNever);
}

TEST(ControllingAgent, both_sides_notice_a_path_that_dies_later) {
  Call call;
  call.start({server_path(1)});
  call.run_for(10s);
  call.open_ports = {};
  call.run_for(40s);

  EXPECT_EQ(call.client_failed, 1);
  EXPECT_EQ(call.server_failed, 1);
}

TEST(ControllingAgent, a_rebinding_moves_the_server_within_one_consent_interval) {
  Call call;
  call.start({server_path(1)});
  call.run_for(10s);
  call.client_port = 6000;
  call.run_for(2700ms);

  EXPECT_EQ(call.server.selected()->remote.port, 6000);
  EXPECT_EQ(call.client_failed, 0);
}

TEST(ControllingAgent, a_restart_keeps_the_path_in_use_and_ends_on_the_new_credentials) {
  Call call;
  call.start({server_path(1)});
  call.run_for(1s);
  call.client.restart(Credentials::generate());
  const auto fresh = Credentials::generate();
  call.server.restart(fresh);
  EXPECT_EQ(call.client.selected(), server_path(1));
  EXPECT_EQ(call.server.selected()->remote.port, 5000);
  call.server.set_remote(call.client.local());
  call.open_ports = {2};
  call.client.set_remote(fresh, {server_path(2)}, call.now);
  call.run_for(1s);

  EXPECT_EQ(call.client.selected(), server_path(2));
  EXPECT_EQ(call.server.selected()->local, 2u);
  EXPECT_EQ(call.client_failed + call.server_failed, 0);
}

TEST(ControllingAgent, checks_a_candidate_that_comes_late) {
  Call call;
  call.open_ports = {7};
  call.start({});
  call.run_for(1s);
  EXPECT_EQ(call.requests, 0);
  call.client.add_remote_candidate(server_path(7), call.now);
  call.client.add_remote_candidate(server_path(7), call.now);
  call.run_for(1s);

  EXPECT_EQ(call.client.selected(), server_path(7));
}

TEST(ControllingAgent, ignores_answers_that_are_forged_or_come_from_elsewhere) {
  ControllingAgent client(Credentials::generate());
  const auto credentials = Credentials::generate();
  client.set_remote(credentials, {server_path(1)}, TimePoint{});
  client.handle_timeout(TimePoint{});
  const auto output = client.poll_output();
  const auto request = stun::MessageView::parse(std::get<Transmit>(*output).datagram.bytes());
  ASSERT_TRUE(request.ok());
  const auto answer = [&](std::string_view pwd) {
    std::array<std::byte, 128> memory;
    stun::MessageWriter w(memory, stun::Class::success, stun::Method::binding,
                          request->transaction_id());
    w.integrity(as_bytes(pwd));
    return std::vector<std::byte>(w.written().begin(), w.written().end());
  };

  EXPECT_FALSE(client.handle_stun(answer("wrong"), server_path(1), TimePoint{} + 1ms));
  EXPECT_FALSE(client.handle_stun(answer(credentials.pwd), server_path(2), TimePoint{} + 1ms));
  EXPECT_TRUE(client.handle_stun(answer(credentials.pwd), server_path(1), TimePoint{} + 1ms));
  EXPECT_FALSE(client.handle_stun(answer(credentials.pwd), server_path(1), TimePoint{} + 2ms));
}

}  // namespace
}  // namespace plenum::ice
