#include "control/shards.h"

#include "control/placement.h"
#include "control/test_room.h"
#include "control/timers.h"

namespace plenum::control::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

TEST(Shards, keep_the_order_of_commands_while_a_ring_is_full) {
  TestRoom t;
  t.ring_full = true;
  Client& alice = t.join("alice");
  t.control.offer(alice.id(), 1, "first");
  t.control.offer(alice.id(), 2, "second");
  t.ring_full = false;
  t.advance(10ms);

  ASSERT_THAT(t.posted, SizeIs(3));
  EXPECT_TRUE(std::holds_alternative<shard::AddPeer>(t.posted[0].second));
  EXPECT_EQ(t.commands<shard::RemoteOffer>()[0].id, 1u);
  EXPECT_EQ(t.commands<shard::RemoteOffer>()[1].id, 2u);
  EXPECT_EQ(t.control.world().shards.waiting(), false);
}

TEST(Shards, do_not_let_lossy_data_wait) {
  int calls = 0;
  Shards shards(1, [&](ShardId, shard::Command&&) {
    ++calls;
    return false;
  });
  shards.post(ShardId(0), shard::SendData{{}, shard::DataChannel::lossy, {}});
  EXPECT_FALSE(shards.waiting());
  shards.post(ShardId(0), shard::SendData{{}, shard::DataChannel::reliable, {}});

  EXPECT_TRUE(shards.waiting());
  EXPECT_EQ(shards.dropped(), 1u);
}

TEST(Placement, packs_a_room_until_the_limit_and_then_takes_the_emptiest) {
  Placement p(Placement::Policy::pack, 3, 2);
  const ShardId first = p.place("room");
  EXPECT_EQ(p.place("room"), first);
  const ShardId other = p.place("room");
  EXPECT_NE(other, first);
  p.release(first);

  EXPECT_EQ(p.place("room"), first);
}

TEST(Placement, spreads_in_turn) {
  Placement p(Placement::Policy::spread, 2, 1);

  EXPECT_EQ(p.place("room"), ShardId(0));
  EXPECT_EQ(p.place("room"), ShardId(1));
  EXPECT_EQ(p.place("room"), ShardId(0));
}

TEST(Timers, run_in_order_and_only_what_is_due) {
  Timers timers;
  std::vector<int> ran;
  timers.at(t0 + 2s, [&](TimePoint) { ran.push_back(2); });
  timers.at(t0 + 1s, [&](TimePoint) { ran.push_back(1); });
  timers.at(t0 + 3s, [&](TimePoint) { ran.push_back(3); });
  timers.run(t0 + 2s);

  EXPECT_THAT(ran, ElementsAre(1, 2));
  EXPECT_EQ(timers.next_timeout(), t0 + 3s);
}

TEST(Timers, may_be_cancelled_and_scheduled_from_within_a_task) {
  Timers timers;
  int ran = 0;
  Timers::Handle second = timers.at(t0 + 2s, [&](TimePoint) { ++ran; });
  timers.at(t0 + 1s, [&](TimePoint now) {
    timers.cancel(second);
    timers.at(now, [&](TimePoint) { ran += 10; });
  });
  timers.run(t0 + 5s);
  EXPECT_EQ(ran, 0);
  timers.run(t0 + 5s);

  EXPECT_EQ(ran, 10);
  EXPECT_EQ(timers.next_timeout(), kNever);
}

}  // namespace
}  // namespace plenum::control::testing
