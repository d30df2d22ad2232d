#include <gtest/gtest.h>

#include <string>

#include "harness/virtual_server.h"

/// Data channels when somebody sends too fast or reads too slowly, in virtual time: threat T8.
namespace plenum {
namespace {

using harness::Client;
using harness::VirtualServer;

constexpr std::size_t kMessageBytes = 60'000;

class Data : public testing::Test {
 protected:
  VirtualServer server{1, 5};
  Client* alice = nullptr;

  void SetUp() override {
    alice = &server.add_client("alice");
    server.add_peer(*alice, 0);
    server.negotiate(*alice, {}, 0, 0);
    alice->open_channel("_lossy", false, server.now());
    alice->open_channel("_reliable", true, server.now());
    server.run_for(2s);
    ASSERT_EQ(server.events<shard::DataChannelChanged>().size(), 2u);
  }
  /// Small messages from alice, a hundred each millisecond.
  void send_small(const std::string& label, int count) {
    for (int i = 0; i < count; ++i) {
      ASSERT_TRUE(alice->send_message(label, "hello", server.now())) << i;
      if (i % 100 == 99) server.run_for(1ms);
    }
    server.run_for(1s);
  }
  std::size_t received() const { return server.events<shard::DataReceived>().size(); }

  /// Large reliable messages to alice, all at once, each telling its number.
  void send_down(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::string text = numbered(i);
      const Bytes bytes = as_bytes(text);
      server.command(0, shard::SendData{.peers = {server.peer_of(*alice)},
                                        .channel = shard::DataChannel::reliable,
                                        .bytes = std::make_shared<std::vector<std::byte>>(
                                            bytes.begin(), bytes.end())});
    }
  }
  static std::string numbered(std::size_t i) {
    std::string text = std::to_string(i);
    return text.append(kMessageBytes - text.size(), '.');
  }
  std::vector<std::string> failures() const {
    std::vector<std::string> out;
    for (const auto& f : server.events<shard::NegotiationFailed>()) {
      EXPECT_EQ(f.peer, server.peer_of(*alice));
      out.push_back(f.reason);
    }
    return out;
  }
};

TEST_F(Data, a_mebibyte_as_fast_as_it_goes_passes_whole) {
  const std::string text(15'000, 'a');
  for (int i = 0; i < 70; ++i) ASSERT_TRUE(alice->send_message("_reliable", text, server.now()));
  server.run_for(5s);

  EXPECT_EQ(received(), 70u);
  EXPECT_TRUE(failures().empty());
}

TEST_F(Data, lossy_messages_above_the_rate_are_dropped_and_counted) {
  send_small("_lossy", 30'000);

  EXPECT_GE(received(), 20'000u);
  EXPECT_LE(received(), 20'000u + 5'000u * 2);
  EXPECT_EQ(received() + server.counters(0).dropped_data_rate, 30'000u);
  EXPECT_TRUE(failures().empty());
}

TEST_F(Data, a_sender_of_reliable_messages_above_the_rate_is_told_once_and_not_heard_again) {
  send_small("_reliable", 30'000);
  const std::size_t before = received();
  EXPECT_GE(before, 20'000u);
  EXPECT_LT(before, 30'000u);
  EXPECT_EQ(failures(), std::vector<std::string>{"sends more data than allowed"});

  server.run_for(1min);
  send_small("_reliable", 10);
  EXPECT_EQ(received(), before);
  EXPECT_EQ(failures().size(), 1u);
}

TEST_F(Data, a_slow_receiver_gets_all_of_a_burst_in_order) {
  const harness::Link slow{.rate_bps = 5'000'000};
  server.network().set_link(alice->address(), slow, slow);
  constexpr std::size_t kCount = 125;  // 7.5 MB: twelve seconds on this link
  send_down(kCount);
  server.run_for(1min);

  ASSERT_EQ(alice->messages().size(), kCount);
  for (std::size_t i = 0; i < kCount; ++i)
    ASSERT_TRUE(alice->messages()[i].text == numbered(i)) << "at message " << i;
  EXPECT_TRUE(failures().empty());
}

TEST_F(Data, a_receiver_that_takes_nothing_for_ten_seconds_is_told_to_come_back) {
  const harness::Link dead{.loss = 1};
  server.network().set_link(alice->address(), dead, dead);
  send_down(80);
  server.run_for(9s);
  EXPECT_TRUE(failures().empty());

  server.run_for(2s);
  EXPECT_EQ(failures(), std::vector<std::string>{"the client does not read its reliable data"});
}

TEST_F(Data, what_waits_for_a_receiver_is_bounded) {
  send_down(200);

  EXPECT_EQ(failures(), std::vector<std::string>{"the client reads its reliable data too slowly"});
}

}  // namespace
}  // namespace plenum
