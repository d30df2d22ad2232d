#include "shard/event_queue.h"

#include <gtest/gtest.h>

namespace plenum::shard {
namespace {

Event data(std::uint64_t number, DataChannel channel) {
  return DataReceived{PeerId(number), channel, {}};
}

TEST(EventQueue, keeps_the_order_when_the_ring_is_full) {
  EventQueue queue(4);
  std::uint64_t got = 0;
  for (std::uint64_t i = 0; i < 10; ++i)
    EXPECT_TRUE(queue.push(data(i, i % 2 ? DataChannel::lossy : DataChannel::reliable)));
  EXPECT_TRUE(queue.behind());
  while (const auto event = queue.pop()) {
    EXPECT_EQ(std::get<DataReceived>(*event).peer, PeerId(got++));
    queue.retry();
  }

  EXPECT_EQ(got, 10u);
  EXPECT_FALSE(queue.behind());
}

TEST(EventQueue, says_once_that_control_has_something_to_read) {
  EventQueue queue(1);
  EXPECT_FALSE(queue.take_pushed());
  queue.push(PeerConnected{});
  queue.push(PeerConnected{});
  EXPECT_TRUE(queue.take_pushed());
  EXPECT_FALSE(queue.take_pushed());

  queue.pop();
  queue.retry();
  EXPECT_TRUE(queue.take_pushed());
}

TEST(EventQueue, drops_lossy_data_and_nothing_else_when_far_behind) {
  EventQueue queue(1);
  for (std::size_t i = 0; i <= EventQueue::kMaxBehindForLossy; ++i)
    EXPECT_TRUE(queue.push(data(i, DataChannel::lossy)));

  EXPECT_FALSE(queue.push(data(0, DataChannel::lossy)));
  EXPECT_FALSE(queue.push(data(0, DataChannel::data_track)));
  EXPECT_TRUE(queue.push(data(0, DataChannel::reliable)));
  EXPECT_TRUE(queue.push(PeerConnected{}));
}

}  // namespace
}  // namespace plenum::shard
