#include "media/sctp/association.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "media/sctp/test_link.h"

namespace plenum::sctp {
namespace {

using test::bytes_of;
using test::Link;
using test::random_bytes;

constexpr Duration kSecond = 1s;

/// A link on which both ends have connected and the client has opened one channel.
struct Connected : Link {
  explicit Connected(Link::Config c = {}, ChannelConfig channel = {.label = "data"}) : Link(c) {
    connect_both();
    id = client().open_channel(channel, now).value();
    run_until([&] { return !client_end.opened.empty() && !server_end.opened.empty(); });
  }
  std::uint16_t id = 0;
};

TEST(Association, opens_when_both_ends_connect_at_once) {
  Link link;
  link.connect_both();

  EXPECT_TRUE(
      link.run_until([&] { return link.client().is_connected() && link.server().is_connected(); }));
  EXPECT_LE(link.now - link.start, 500ms);
}

TEST(Association, opens_when_the_peers_init_came_before_connect) {
  Link link;
  link.client().connect(link.now);
  link.run_for(50ms);
  link.server().connect(link.now);

  EXPECT_TRUE(
      link.run_until([&] { return link.client().is_connected() && link.server().is_connected(); }));
  EXPECT_LE(link.now - link.start, 400ms);
}

TEST(Association, opens_over_a_link_that_loses_every_third_packet) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    Connected link({.loss_percent = 33, .seed = seed});

    EXPECT_EQ(link.server_end.opened.size(), 1u) << seed;
  }
}

TEST(Association, falls_silent_when_nothing_is_in_flight) {
  Connected link;
  link.run_for(2 * kSecond);

  EXPECT_EQ(link.client().next_timeout(), kNever);
  EXPECT_EQ(link.server().next_timeout(), kNever);
}

TEST(Association, tells_the_peer_label_protocol_and_reliability_of_a_channel) {
  Connected link({}, {.label = "_lossy", .protocol = "p", .ordered = false, .max_retransmits = 0});

  ASSERT_EQ(link.server_end.opened.size(), 1u);
  const ChannelOpened& opened = link.server_end.opened.front();
  EXPECT_EQ(opened.stream_id, link.id);
  EXPECT_TRUE(opened.by_peer);
  EXPECT_EQ(opened.label, "_lossy");
  EXPECT_EQ(opened.protocol, "p");
  EXPECT_FALSE(opened.ordered);
  EXPECT_EQ(opened.max_retransmits, 0u);
  EXPECT_EQ(opened.max_lifetime_ms, std::nullopt);
  EXPECT_FALSE(link.client_end.opened.front().by_peer);
}

TEST(Association, gives_even_ids_to_the_dtls_client_and_odd_ids_to_the_server) {
  Connected link;

  EXPECT_EQ(link.id, 0);
  EXPECT_EQ(link.client().open_channel({}, link.now).value(), 2);
  EXPECT_EQ(link.server().open_channel({}, link.now).value(), 1);
  EXPECT_EQ(link.server().open_channel({}, link.now).value(), 3);
}

TEST(Association, carries_text_and_binary_and_empty_messages_both_ways) {
  Connected link;
  for (auto& [from, to] :
       {std::pair{&link.client(), &link.server_end}, std::pair{&link.server(), &link.client_end}}) {
    ASSERT_TRUE(from->send(link.id, as_bytes("text"), false, link.now).ok());
    ASSERT_TRUE(from->send(link.id, as_bytes("binary"), true, link.now).ok());
    ASSERT_TRUE(from->send(link.id, {}, false, link.now).ok());
    ASSERT_TRUE(from->send(link.id, {}, true, link.now).ok());
    link.run_for(kSecond);

    ASSERT_EQ(to->messages.size(), 4u);
    EXPECT_EQ(to->messages[0].bytes, bytes_of("text"));
    EXPECT_FALSE(to->messages[0].binary);
    EXPECT_EQ(to->messages[1].bytes, bytes_of("binary"));
    EXPECT_TRUE(to->messages[1].binary);
    EXPECT_TRUE(to->messages[2].bytes.empty() && !to->messages[2].binary);
    EXPECT_TRUE(to->messages[3].bytes.empty() && to->messages[3].binary);
  }
}

TEST(Association, sends_what_was_given_to_it_before_it_was_connected) {
  Link link;
  const auto id = link.client().open_channel({.label = "early"}, link.now).value();
  ASSERT_TRUE(link.client().send(id, as_bytes("first"), true, link.now).ok());
  EXPECT_GT(link.client().buffered_amount(), 0u);
  link.connect_both();
  link.run_for(kSecond);

  ASSERT_EQ(link.server_end.messages.size(), 1u);
  EXPECT_EQ(link.server_end.messages[0].bytes, bytes_of("first"));
  EXPECT_EQ(link.client().buffered_amount(), 0u);
}

TEST(Association, delivers_a_mebibyte_in_order_and_byte_exact_over_a_lossy_link) {
  Connected link({.loss_percent = 5, .seed = 42});
  std::mt19937 random(1);
  std::vector<std::vector<std::byte>> sent;
  for (int i = 0; i < 16; ++i) {
    sent.push_back(random_bytes(65536, random));
    ASSERT_TRUE(link.client().send(link.id, sent.back(), true, link.now).ok());
  }
  EXPECT_GE(link.client().buffered_amount(), 1u << 20);

  ASSERT_TRUE(link.run_until([&] { return link.server_end.messages.size() == sent.size(); }));
  for (std::size_t i = 0; i < sent.size(); ++i)
    EXPECT_EQ(link.server_end.messages[i].bytes, sent[i]) << i;
  link.run_for(kSecond);
  EXPECT_EQ(link.client().buffered_amount(), 0u);
}

TEST(Association, takes_a_message_of_the_full_advertised_size) {
  Link::Config config;
  config.max_send_message_size = 262144;
  Connected link(config);
  std::mt19937 random(2);
  const auto big = random_bytes(262144, random);
  ASSERT_TRUE(link.client().send(link.id, big, true, link.now).ok());

  ASSERT_TRUE(link.run_until([&] { return !link.server_end.messages.empty(); }));
  EXPECT_EQ(link.server_end.messages[0].bytes, big);
}

TEST(Association, closes_the_channel_of_a_message_longer_than_advertised) {
  Link::Config config;
  config.max_send_message_size = 1 << 20;
  Connected link(config);
  ASSERT_TRUE(link.client().send(link.id, std::vector<std::byte>(262145), true, link.now).ok());

  EXPECT_TRUE(link.run_until([&] { return !link.client_end.closed.empty(); }));
  EXPECT_EQ(link.server_end.closed, std::vector{link.id});
  EXPECT_TRUE(link.server_end.messages.empty());
  EXPECT_TRUE(link.client().is_connected());
}

TEST(Association, refuses_to_send_more_than_the_peer_takes_and_more_than_the_buffer_holds) {
  Connected link;
  const std::vector<std::byte> message(65537);
  EXPECT_EQ(link.client().send(link.id, message, true, link.now).error(), SendError::too_large);

  const Bytes allowed = Bytes(message).first(65536);
  std::size_t accepted = 0;
  while (link.client().send(link.id, allowed, true, link.now).ok()) accepted += allowed.size();
  EXPECT_EQ(link.client().send(link.id, allowed, true, link.now).error(), SendError::would_block);
  EXPECT_GE(accepted, 3u << 20);
  EXPECT_LE(accepted, 4u << 20);
  EXPECT_LE(link.client().buffered_amount(), 4u << 20);

  EXPECT_TRUE(link.run_until([&] { return link.client().buffered_amount() == 0; }));
  EXPECT_EQ(link.server_end.messages.size(), accepted / allowed.size());
}

TEST(Association, never_sends_a_packet_larger_than_the_mtu) {
  Connected link({.loss_percent = 5, .seed = 3});
  ASSERT_TRUE(link.client().send(link.id, std::vector<std::byte>(60000), true, link.now).ok());
  ASSERT_TRUE(link.run_until([&] { return !link.server_end.messages.empty(); }));

  EXPECT_LE(link.largest_packet, 1152u);
  EXPECT_GE(link.largest_packet, 1100u);
}

TEST(Association, loses_but_never_stalls_on_a_channel_without_retransmission) {
  Connected link({.loss_percent = 20, .seed = 9},
                 {.label = "_lossy", .ordered = false, .max_retransmits = 0});
  const std::vector<std::byte> message(200);
  for (int i = 0; i < 500; ++i) {
    std::ignore = link.client().send(link.id, message, true, link.now);
    link.run_for(20ms);
  }
  link.run_for(5 * kSecond);

  EXPECT_LT(link.server_end.messages.size(), 500u);
  EXPECT_GT(link.server_end.messages.size(), 300u);
  EXPECT_EQ(link.client().buffered_amount(), 0u);
  EXPECT_TRUE(link.client().is_connected());
}

TEST(Association, resets_both_directions_when_a_channel_closes_and_then_reuses_its_id) {
  Connected link;
  ASSERT_TRUE(link.client().send(link.id, as_bytes("last words"), true, link.now).ok());
  link.client().close_channel(link.id, link.now);
  EXPECT_EQ(link.client().send(link.id, as_bytes("x"), true, link.now).error(), SendError::closed);
  ASSERT_TRUE(link.run_until(
      [&] { return !link.client_end.closed.empty() && !link.server_end.closed.empty(); }));

  EXPECT_EQ(link.server_end.messages.size(), 1u);
  EXPECT_EQ(link.client().open_channel({.label = "again"}, link.now).value(), link.id);
  ASSERT_TRUE(link.run_until([&] { return link.client_end.opened.size() == 2; }));
  EXPECT_EQ(link.server_end.opened[1].label, "again");
  ASSERT_TRUE(link.server().send(link.id, as_bytes("hello"), true, link.now).ok());
  EXPECT_TRUE(link.run_until([&] { return !link.client_end.messages.empty(); }));
}

TEST(Association, closes_many_channels_from_both_ends_over_a_lossy_link) {
  Link link({.loss_percent = 10, .seed = 77});
  link.connect_both();
  for (int i = 0; i < 20; ++i) {
    std::ignore = link.client().open_channel({}, link.now);
    std::ignore = link.server().open_channel({}, link.now);
  }
  ASSERT_TRUE(link.run_until(
      [&] { return link.client_end.opened.size() == 40 && link.server_end.opened.size() == 40; }));
  for (std::uint16_t id = 0; id < 40; ++id) {
    link.client().close_channel(id, link.now);
    if (id % 3 == 0) link.server().close_channel(id, link.now);
  }

  EXPECT_TRUE(link.run_until(
      [&] { return link.client_end.closed.size() == 40 && link.server_end.closed.size() == 40; }));
}

TEST(Association, ends_when_the_peer_aborts) {
  Connected link;
  link.client().abort(link.now);
  link.run_for(kSecond);

  EXPECT_EQ(link.server_end.aborts, 1);
  EXPECT_EQ(link.client_end.aborts, 0);
  EXPECT_FALSE(link.server().is_connected());
  EXPECT_EQ(link.server().send(link.id, as_bytes("x"), true, link.now).error(), SendError::closed);
  EXPECT_EQ(link.server().open_channel({}, link.now).error(), OpenError::closed);
  EXPECT_EQ(link.server().next_timeout(), kNever);
}

TEST(Association, ends_when_the_peer_never_answers) {
  Link link({.loss_percent = 100});
  link.client().connect(link.now);

  EXPECT_TRUE(link.run_until([&] { return link.client_end.aborts == 1; }, 120 * kSecond));
}

TEST(Association, ends_when_the_peer_vanishes_with_data_outstanding) {
  Connected link;
  link.config.loss_percent = 100;
  ASSERT_TRUE(link.client().send(link.id, as_bytes("anyone?"), true, link.now).ok());

  EXPECT_TRUE(link.run_until([&] { return link.client_end.aborts == 1; }, 300 * kSecond));
}

TEST(Association, survives_garbage_and_damaged_packets) {
  Connected link({.damage_percent = 10, .seed = 5});
  std::mt19937 random(5);
  for (int i = 0; i < 2000; ++i)
    link.server().handle_packet(random_bytes(random() % 200, random), link.now);
  for (int i = 0; i < 30; ++i)
    ASSERT_TRUE(link.client().send(link.id, random_bytes(5000, random), true, link.now).ok());

  EXPECT_TRUE(link.run_until([&] { return link.server_end.messages.size() == 30; }));
}

TEST(Association, may_be_made_and_destroyed_many_times_with_data_outstanding) {
  for (int i = 0; i < 200; ++i) {
    Connected link;
    ASSERT_EQ(link.server_end.opened.size(), 1u);
    ASSERT_TRUE(link.client().send(link.id, std::vector<std::byte>(60000), true, link.now).ok());
    link.run_for(Duration(i * 100));
  }
}

}  // namespace
}  // namespace plenum::sctp
