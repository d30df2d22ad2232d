#include "media/ice/lite_agent.h"

#include <gtest/gtest.h>

#include <string>

#include "base/overloaded.h"

namespace plenum::ice {
namespace {

const Credentials kServer{"server01", "server-password-24-chars"};
const Credentials kClient{"cli1", "client-password-24-chars"};
constexpr TimePoint t0{};

Path path(std::uint16_t port) { return {*Address::parse("198.51.100.7", port), Transport::udp, 0}; }

struct Check {
  std::string username = "server01:cli1";
  std::string pwd = kServer.pwd;
  bool use_candidate = false;
  std::uint32_t priority = 1000;
  bool controlled = false;
  std::uint16_t extra_attribute = 0;
  bool with_integrity = true;
};

std::vector<std::byte> bytes_of(const Check& c) {
  static std::uint64_t checks = 0;  // each check is a transaction of its own
  stun::TransactionId transaction{std::byte{42}};
  put_be(transaction, 4, 8, ++checks);
  std::array<std::byte, 512> memory;
  stun::MessageWriter w(memory, stun::Class::request, stun::Method::binding, transaction);
  w.username(c.username);
  w.priority(c.priority);
  if (c.controlled) {
    w.ice_controlled(1);
  } else {
    w.ice_controlling(1);
  }
  if (c.use_candidate) w.use_candidate();
  if (c.extra_attribute != 0) w.attribute(static_cast<stun::Attribute>(c.extra_attribute), {});
  if (c.with_integrity) w.integrity(as_bytes(c.pwd));
  w.fingerprint();
  return {w.written().begin(), w.written().end()};
}

struct Seen {
  std::vector<std::vector<std::byte>> answers;
  std::vector<Path> answered;
  std::vector<Path> validated;
  std::vector<Path> selected;
  int failed = 0;
};
Seen drain(LiteAgent& agent) {
  Seen seen;
  while (auto o = agent.poll_output()) {
    std::visit(overloaded{
                   [&](Transmit& t) {
                     const Bytes b = std::as_const(t.datagram).bytes();
                     seen.answers.emplace_back(b.begin(), b.end());
                     seen.answered.push_back(t.to);
                   },
                   [&](PathValidated& p) { seen.validated.push_back(p.path); },
                   [&](PathSelected& p) { seen.selected.push_back(p.path); },
                   [&](Failed&) { ++seen.failed; },
               },
               *o);
  }
  return seen;
}

LiteAgent agent_with_remote() {
  LiteAgent agent(kServer);
  agent.set_remote(kClient);
  return agent;
}

TEST(LiteAgent, answers_an_authentic_check_with_the_mapped_address) {
  auto agent = agent_with_remote();
  const auto verdict = agent.handle_stun(bytes_of({}), path(1), t0);
  const auto seen = drain(agent);

  EXPECT_EQ(verdict, Verdict::accepted);
  ASSERT_EQ(seen.answers.size(), 1u);
  EXPECT_EQ(seen.answered[0], path(1));
  const auto m = stun::MessageView::parse(seen.answers[0]);
  ASSERT_TRUE(m.ok());
  EXPECT_EQ(m->message_class(), stun::Class::success);
  EXPECT_EQ(m->xor_mapped_address(), path(1).remote);
  EXPECT_EQ(m->transaction_id()[0], std::byte{42});
  EXPECT_TRUE(m->has_fingerprint());
  EXPECT_TRUE(m->verify_integrity(as_bytes(kServer.pwd)));
  EXPECT_EQ(seen.validated, std::vector{path(1)});
  EXPECT_EQ(seen.selected, std::vector{path(1)}) << "the first path serves until nomination";
  EXPECT_EQ(agent.last_check(), t0);
}

TEST(LiteAgent, drops_what_is_not_authentic_without_an_answer_or_a_trace) {
  auto agent = agent_with_remote();
  const Check bad[] = {
      {.pwd = "wrong"},
      {.pwd = kClient.pwd, .use_candidate = true},
      {.username = "server01:other"},
      {.username = "server02:cli1"},
      {.username = "server01"},
      {.username = "server01:"},
      {.username = ":cli1"},
      {.username = ""},
      {.username = "cli1:server01"},
      {.use_candidate = true, .with_integrity = false},
  };
  for (const Check& c : bad)
    EXPECT_EQ(agent.handle_stun(bytes_of(c), path(1), t0), Verdict::unauthenticated);
  auto cut = bytes_of({});
  cut.pop_back();
  EXPECT_EQ(agent.handle_stun(cut, path(1), t0), Verdict::malformed);

  EXPECT_FALSE(agent.poll_output());
  EXPECT_FALSE(agent.is_validated(path(1)));
  EXPECT_FALSE(agent.last_check());
  EXPECT_EQ(agent.next_timeout(), kNever);
}

TEST(LiteAgent, a_sniffer_with_the_ufrag_but_not_the_password_cannot_move_the_selection) {
  auto agent = agent_with_remote();
  agent.handle_stun(bytes_of({.use_candidate = true}), path(1), t0);
  drain(agent);
  for (int i = 1; i < 100; ++i) {
    agent.handle_stun(bytes_of({.pwd = "guess", .use_candidate = true}), path(2), t0 + i * 1s);
    agent.handle_stun(bytes_of({.use_candidate = true, .with_integrity = false}), path(2),
                      t0 + i * 1s);
  }

  EXPECT_FALSE(agent.poll_output());
  EXPECT_EQ(agent.selected(), path(1));
  EXPECT_EQ(agent.last_check(), t0);
}

TEST(LiteAgent, a_recorded_check_sent_again_from_elsewhere_moves_nothing) {
  auto agent = agent_with_remote();
  const auto recorded = bytes_of({.use_candidate = true});
  agent.handle_stun(recorded, path(1), t0);
  drain(agent);

  EXPECT_EQ(agent.handle_stun(recorded, path(2), t0 + 1s), Verdict::unauthenticated);
  EXPECT_FALSE(agent.poll_output());
  EXPECT_FALSE(agent.is_validated(path(2)));
  EXPECT_EQ(agent.handle_stun(recorded, path(1), t0 + 1s), Verdict::accepted) << "its sender may";
  EXPECT_EQ(agent.selected(), path(1));
}

TEST(LiteAgent, compares_the_remote_half_only_once_it_is_known) {
  LiteAgent agent(kServer);
  EXPECT_EQ(agent.handle_stun(bytes_of({.username = "server01:any"}), path(1), t0),
            Verdict::accepted);
  agent.set_remote(kClient);

  EXPECT_EQ(agent.handle_stun(bytes_of({.username = "server01:any"}), path(1), t0),
            Verdict::unauthenticated);
  EXPECT_EQ(agent.handle_stun(bytes_of({}), path(1), t0), Verdict::accepted);
}

TEST(LiteAgent, ignores_responses_and_indications) {
  auto agent = agent_with_remote();
  for (const auto c : {stun::Class::success, stun::Class::error, stun::Class::indication}) {
    std::array<std::byte, 64> memory;
    stun::MessageWriter w(memory, c, stun::Method::binding, {});
    w.integrity(as_bytes(kServer.pwd));
    EXPECT_EQ(agent.handle_stun(w.written(), path(1), t0), Verdict::irrelevant);
  }
  EXPECT_FALSE(agent.poll_output());
}

TEST(LiteAgent, refuses_unknown_required_attributes_and_a_controlled_peer) {
  auto agent = agent_with_remote();
  EXPECT_EQ(agent.handle_stun(bytes_of({.extra_attribute = 0x7777}), path(1), t0),
            Verdict::refused);
  EXPECT_EQ(agent.handle_stun(bytes_of({.controlled = true}), path(1), t0), Verdict::refused);
  const auto seen = drain(agent);

  ASSERT_EQ(seen.answers.size(), 2u);
  const auto unknown = stun::MessageView::parse(seen.answers[0]);
  EXPECT_EQ(unknown->error_code(), 420);
  EXPECT_EQ(be16(*unknown->attribute(stun::Attribute::unknown_attributes), 0), 0x7777);
  const auto conflict = stun::MessageView::parse(seen.answers[1]);
  EXPECT_EQ(conflict->error_code(), 487);
  EXPECT_TRUE(conflict->verify_integrity(as_bytes(kServer.pwd)));
  EXPECT_FALSE(agent.is_validated(path(1)));
}

TEST(LiteAgent, follows_regular_nomination_and_repeats_of_it_change_nothing) {
  auto agent = agent_with_remote();
  agent.handle_stun(bytes_of({}), path(1), t0);
  agent.handle_stun(bytes_of({}), path(2), t0 + 20ms);
  EXPECT_EQ(agent.selected(), path(1));
  agent.handle_stun(bytes_of({.use_candidate = true}), path(2), t0 + 70ms);
  EXPECT_EQ(agent.selected(), path(2));
  drain(agent);
  for (int i = 0; i < 5; ++i) {
    agent.handle_stun(bytes_of({.use_candidate = true}), path(2), t0 + i * 2500ms);
    agent.handle_stun(bytes_of({}), path(1), t0 + i * 2500ms + 1s);
  }

  EXPECT_TRUE(drain(agent).selected.empty());
  EXPECT_EQ(agent.selected(), path(2));
}

TEST(LiteAgent, of_aggressively_nominated_paths_the_highest_priority_holds) {
  auto agent = agent_with_remote();
  agent.handle_stun(bytes_of({.use_candidate = true, .priority = 50}), path(1), t0);
  agent.handle_stun(bytes_of({.use_candidate = true, .priority = 90}), path(2), t0 + 20ms);
  EXPECT_EQ(agent.selected(), path(2));
  agent.handle_stun(bytes_of({.use_candidate = true, .priority = 10}), path(3), t0 + 40ms);

  EXPECT_EQ(agent.selected(), path(2));
}

TEST(LiteAgent, a_renomination_switches_at_once_even_to_a_lower_priority) {
  auto agent = agent_with_remote();
  agent.handle_stun(bytes_of({.priority = 90}), path(1), t0);
  agent.handle_stun(bytes_of({.use_candidate = true, .priority = 90}), path(1), t0 + 50ms);
  agent.handle_stun(bytes_of({.priority = 10}), path(2), t0 + 5s);
  EXPECT_EQ(agent.selected(), path(1));
  agent.handle_stun(bytes_of({.use_candidate = true, .priority = 10}), path(2), t0 + 5050ms);

  EXPECT_EQ(agent.selected(), path(2));
}

TEST(LiteAgent, a_rebound_chromium_moves_with_its_next_check) {
  auto agent = agent_with_remote();
  agent.handle_stun(bytes_of({}), path(1), t0);
  for (int i = 0; i < 10; ++i)
    agent.handle_stun(bytes_of({.use_candidate = true}), path(1), t0 + i * 2500ms);
  agent.handle_stun(bytes_of({.use_candidate = true}), path(2), t0 + 25s);
  EXPECT_EQ(agent.selected(), path(2));
  agent.handle_stun(bytes_of({.use_candidate = true}), path(3), t0 + 27500ms);

  EXPECT_EQ(agent.selected(), path(3));
}

TEST(LiteAgent, a_rebound_firefox_moves_with_its_next_consent_check) {
  auto agent = agent_with_remote();
  agent.handle_stun(bytes_of({.use_candidate = true}), path(1), t0);
  agent.handle_stun(bytes_of({}), path(1), t0 + 5s);
  agent.handle_stun(bytes_of({}), path(2), t0 + 9500ms);

  EXPECT_EQ(agent.selected(), path(2));
}

TEST(LiteAgent, an_unnominated_check_elsewhere_moves_nothing_while_the_selected_path_lives) {
  auto agent = agent_with_remote();
  agent.handle_stun(bytes_of({}), path(1), t0);
  agent.handle_stun(bytes_of({.use_candidate = true}), path(1), t0 + 50ms);
  agent.handle_stun(bytes_of({}), path(2), t0 + 5s);
  EXPECT_EQ(agent.selected(), path(1));
  agent.handle_stun(bytes_of({}), path(2), t0 + 6051ms);

  EXPECT_EQ(agent.selected(), path(2));
}

TEST(LiteAgent, a_restart_keeps_the_pair_until_a_check_with_the_new_credentials) {
  auto agent = agent_with_remote();
  agent.handle_stun(bytes_of({.use_candidate = true}), path(1), t0);
  drain(agent);
  const Credentials second{"server02", "second-password-24-chars"};
  agent.restart(second);
  agent.set_remote({"cli2", "x"});

  EXPECT_EQ(agent.selected(), path(1));
  EXPECT_TRUE(agent.owns_ufrag("server01"));
  EXPECT_EQ(agent.handle_stun(bytes_of({.use_candidate = true}), path(1), t0 + 1s),
            Verdict::accepted);
  EXPECT_EQ(agent.handle_stun(bytes_of({.username = "server02:cli1", .pwd = second.pwd}), path(2),
                              t0 + 2s),
            Verdict::unauthenticated);
  EXPECT_EQ(agent.handle_stun(bytes_of({.username = "server02:cli2", .pwd = second.pwd}), path(2),
                              t0 + 2s),
            Verdict::accepted);
  EXPECT_EQ(agent.selected(), path(2));
  EXPECT_TRUE(agent.is_validated(path(1))) << "packets may still be under way";
  EXPECT_FALSE(agent.owns_ufrag("server01"));
  EXPECT_EQ(agent.handle_stun(bytes_of({.use_candidate = true}), path(1), t0 + 3s),
            Verdict::unauthenticated);
}

TEST(LiteAgent, two_restarts_in_a_row_keep_the_credentials_that_work) {
  auto agent = agent_with_remote();
  agent.handle_stun(bytes_of({}), path(1), t0);
  agent.restart({"unused", "never"});
  agent.restart({"server03", "third"});

  EXPECT_TRUE(agent.owns_ufrag("server01"));
  EXPECT_FALSE(agent.owns_ufrag("unused"));
  EXPECT_EQ(agent.handle_stun(bytes_of({}), path(1), t0 + 1s), Verdict::accepted);
}

TEST(LiteAgent, fails_when_consent_ends_and_comes_back_with_the_next_check) {
  auto agent = agent_with_remote();
  agent.handle_stun(bytes_of({.use_candidate = true}), path(1), t0);
  drain(agent);
  EXPECT_EQ(agent.next_timeout(), t0 + 30s);
  agent.handle_timeout(t0 + 30s - 1us);
  EXPECT_FALSE(agent.poll_output());
  agent.handle_timeout(t0 + 30s);
  EXPECT_EQ(drain(agent).failed, 1);
  EXPECT_FALSE(agent.is_validated(path(1)));
  EXPECT_FALSE(agent.selected());
  EXPECT_EQ(agent.next_timeout(), kNever);
  agent.handle_timeout(t0 + 60s);
  EXPECT_FALSE(agent.poll_output());
  agent.handle_stun(bytes_of({}), path(1), t0 + 61s);

  EXPECT_EQ(agent.selected(), path(1));
}

TEST(LiteAgent, a_path_without_checks_expires_but_not_the_selected_one) {
  auto agent = agent_with_remote();
  agent.handle_stun(bytes_of({.use_candidate = true}), path(1), t0);
  agent.handle_stun(bytes_of({}), path(2), t0);
  for (int i = 1; i <= 31; ++i) {
    agent.handle_stun(bytes_of({.use_candidate = true}), path(1), t0 + i * 1s);
    if (agent.next_timeout() <= t0 + i * 1s) agent.handle_timeout(t0 + i * 1s);
  }

  EXPECT_TRUE(agent.is_validated(path(1)));
  EXPECT_FALSE(agent.is_validated(path(2)));
}

TEST(LiteAgent, remembers_sixteen_paths_and_never_forgets_the_selected_one) {
  auto agent = agent_with_remote();
  agent.handle_stun(bytes_of({.use_candidate = true}), path(1), t0);
  for (std::uint16_t port = 2; port <= 40; ++port)
    agent.handle_stun(bytes_of({}), path(port), t0 + port * 1ms);
  int known = 0;
  for (std::uint16_t port = 1; port <= 40; ++port) known += agent.is_validated(path(port));

  EXPECT_EQ(known, 16);
  EXPECT_TRUE(agent.is_validated(path(1)));
  EXPECT_TRUE(agent.is_validated(path(40)));
  EXPECT_FALSE(agent.is_validated(path(2)));
}

TEST(LiteAgent, paths_that_differ_in_transport_or_socket_are_different) {
  auto agent = agent_with_remote();
  agent.handle_stun(bytes_of({}), path(1), t0);
  Path tcp = path(1);
  tcp.transport = Transport::tcp;
  Path other_socket = path(1);
  other_socket.local = 1;

  EXPECT_FALSE(agent.is_validated(tcp));
  EXPECT_FALSE(agent.is_validated(other_socket));
}

TEST(LiteAgent, selects_the_next_path_that_is_checked_once_the_selected_one_is_closed) {
  auto agent = agent_with_remote();
  agent.handle_stun(bytes_of({.use_candidate = true}), path(1), t0);
  agent.handle_stun(bytes_of({}), path(2), t0 + 1s);
  agent.forget(path(1));
  EXPECT_FALSE(agent.selected());
  EXPECT_FALSE(agent.is_validated(path(1)));
  agent.handle_stun(bytes_of({}), path(2), t0 + 2s);

  EXPECT_EQ(agent.selected(), path(2));
}

TEST(LiteAgent, fails_when_its_only_path_was_closed_and_no_check_comes) {
  auto agent = agent_with_remote();
  agent.handle_stun(bytes_of({.use_candidate = true}), path(1), t0);
  drain(agent);
  agent.forget(path(1));
  EXPECT_EQ(agent.next_timeout(), t0 + 30s);
  agent.handle_timeout(t0 + 30s);

  EXPECT_EQ(drain(agent).failed, 1);
  EXPECT_EQ(agent.next_timeout(), kNever);
}

TEST(LiteAgent, says_of_each_authentic_check_and_of_no_other_that_its_path_is_good) {
  auto agent = agent_with_remote();
  agent.handle_stun(bytes_of({}), path(1), t0);
  agent.handle_stun(bytes_of({}), path(1), t0 + 1s);
  agent.handle_stun(bytes_of({.pwd = "wrong"}), path(1), t0 + 2s);

  EXPECT_EQ(drain(agent).validated, (std::vector{path(1), path(1)}));
}

}  // namespace
}  // namespace plenum::ice
