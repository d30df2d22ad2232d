#include "io/event_loop.h"

#include <gtest/gtest.h>

#include <system_error>
#include <thread>

#include "io/affinity.h"
#include "io/clock.h"
#include "io/local_addresses.h"

namespace plenum::io {
namespace {

TEST(EventLoop, reports_the_token_of_what_is_ready_until_it_is_dealt_with) {
  EventLoop loop;
  Wakeup quiet, loud;
  loop.add(quiet.fd(), kReadable, 1);
  loop.add(loud.fd(), kReadable, 2);
  EXPECT_TRUE(loop.wait(0us).empty());
  loud.notify();
  loud.notify();
  const auto ready = loop.wait(5s);
  ASSERT_EQ(ready.size(), 1u);
  EXPECT_EQ(ready[0].token, 2u);
  EXPECT_TRUE(ready[0].events & kReadable);
  EXPECT_EQ(loop.wait(0us).size(), 1u);
  loud.drain();

  EXPECT_TRUE(loop.wait(0us).empty());
}

TEST(EventLoop, forgets_what_is_removed_and_can_change_what_it_watches_for) {
  EventLoop loop;
  Wakeup wakeup;
  loop.add(wakeup.fd(), kReadable, 1);
  loop.modify(wakeup.fd(), kWritable, 7);
  ASSERT_EQ(loop.wait(0us).size(), 1u);
  EXPECT_EQ(loop.wait(0us)[0].token, 7u);
  loop.remove(wakeup.fd());

  EXPECT_TRUE(loop.wait(0us).empty());
  EXPECT_THROW(loop.modify(wakeup.fd(), kReadable, 1), std::system_error);
}

TEST(EventLoop, wakes_no_earlier_than_its_deadline_when_nothing_happens) {
  EventLoop loop;
  const TimePoint deadline = now() + 2ms;
  while (now() < deadline) EXPECT_TRUE(loop.wait_until(deadline).empty());

  EXPECT_TRUE(loop.wait_until(deadline - 1h).empty());
  EXPECT_GE(now(), deadline);
}

TEST(EventLoop, is_woken_by_another_thread) {
  EventLoop loop;
  Wakeup wakeup;
  loop.add(wakeup.fd(), kReadable, 9);
  std::thread other([&] { wakeup.notify(); });
  const auto ready = loop.wait_until(kNever);
  other.join();

  ASSERT_EQ(ready.size(), 1u);
  EXPECT_EQ(ready[0].token, 9u);
}

TEST(Clock, gives_wall_clock_time_in_both_notations_alike) {
  const std::int64_t before = unix_ms();
  const NtpTime ntp = ntp_now();
  const std::int64_t after = unix_ms();
  const auto seconds = static_cast<std::int64_t>(ntp.value >> 32) - 2'208'988'800;
  const auto ms = seconds * 1000 + static_cast<std::int64_t>((ntp.value & 0xffffffff) * 1000 >> 32);

  EXPECT_GE(ms, before - 1);
  EXPECT_LE(ms, after + 1);
}

TEST(LocalAddresses, hold_loopback_last_and_only_if_asked_for) {
  const auto all = local_addresses(true);
  const auto without = local_addresses(false);

  ASSERT_FALSE(all.empty());
  EXPECT_TRUE(all.back().is_loopback());
  for (const Address& a : without) EXPECT_FALSE(a.is_loopback() || a.is_link_local());
}

TEST(Affinity, pins_a_thread_to_a_core_that_it_may_use) {
  unsigned cores_seen = 0;
  bool pinned = false;
  std::thread([&] {
    name_thread("a name that is longer than allowed");
    pinned = pin_thread(usable_cores() + 1);
    cores_seen = usable_cores();
  }).join();

  EXPECT_TRUE(pinned);
  EXPECT_EQ(cores_seen, 1u);
}

}  // namespace
}  // namespace plenum::io
