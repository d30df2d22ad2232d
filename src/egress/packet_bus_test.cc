#include "egress/packet_bus.h"

#include <gtest/gtest.h>

#include <latch>

#include "egress/recording_fixture.h"

namespace plenum::egress {
namespace {

/// Takes packets and counts them, once `gate` lets it.
class CountingSink : public Sink {
 public:
  CountingSink(int& count, std::latch* gate) : count_(count), gate_(gate) {}
  SinkStart start() const override { return SinkStart::next_key_frame; }
  void run(PacketQueue& queue, const Streams&, const StatusReport& report) override {
    if (gate_) gate_->wait();
    while (queue.pop(kNever)) ++count_;
    report({.state = SinkState::ended, .dropped_packets = queue.dropped_packets()});
  }

 private:
  int& count_;
  std::latch* gate_;
};

class ThrowingSink : public Sink {
 public:
  SinkStart start() const override { return SinkStart::next_key_frame; }
  void run(PacketQueue& queue, const Streams&, const StatusReport&) override {
    queue.pop(kNever);
    throw std::runtime_error("no memory for this");
  }
};

TEST(PacketBus, serves_the_other_sinks_while_one_is_stuck_and_one_has_failed) {
  Studio studio;
  std::latch gate(1);
  int stuck = 0, served = 0;
  std::vector<std::pair<std::uint32_t, SinkState>> changes;
  std::mutex mutex;
  PacketBus bus(studio.streams(), {.queue_limit = 1s, .on_change = [&](SinkId id, const auto& s) {
                                     const std::lock_guard lock(mutex);
                                     changes.emplace_back(id.value(), s.state);
                                   }});
  const SinkId a = bus.add(std::make_unique<CountingSink>(stuck, &gate));
  const SinkId b = bus.add(std::make_unique<ThrowingSink>());

  studio.play(bus, 1);
  ASSERT_TRUE(bus.wait(b, kNever));
  const SinkId c = bus.add(std::make_unique<CountingSink>(served, nullptr));
  studio.play(bus, 100);
  bus.end(c);
  ASSERT_TRUE(bus.wait(c, kNever));  // although `a` still sleeps
  EXPECT_FALSE(bus.wait(a, TimePoint{}));
  gate.count_down();
  studio.finish(bus);
  ASSERT_TRUE(bus.wait(a, kNever));

  EXPECT_GT(bus.status(a)->dropped_packets, 100u);
  EXPECT_EQ(bus.status(b)->state, SinkState::failed);
  EXPECT_EQ(bus.status(b)->error, "no memory for this");
  EXPECT_EQ(bus.status(c)->state, SinkState::ended);
  EXPECT_GT(served, stuck);
  EXPECT_FALSE(bus.status(SinkId(99)));
  const std::lock_guard lock(mutex);
  EXPECT_EQ(changes.size(), 3u);
}

}  // namespace
}  // namespace plenum::egress
