// Two threads, each with a pair of associations of its own, in real time. Meant above all for
// ThreadSanitizer: usrsctp is one for the process, and either thread may run the other's timers.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "media/sctp/test_link.h"

namespace plenum::sctp {
namespace {

TimePoint real_time() {
  const auto t = std::chrono::steady_clock::now().time_since_epoch();
  return TimePoint(std::chrono::duration_cast<Duration>(t));
}

using End = test::Link::End;

bool drain(End& from, End& to) {
  bool any = false;
  while (auto output = from.association.poll_output()) {
    any = true;
    if (auto* t = std::get_if<Transmit>(&*output)) {
      to.association.handle_packet(t->packet.bytes(), real_time());
    } else if (auto* m = std::get_if<Message>(&*output)) {
      from.messages.push_back(std::move(*m));
    }
  }
  return any;
}

/// A pair that opens a channel, carries messages, and goes, again and again.
void run_pairs(unsigned seed, std::size_t* received) {
  std::mt19937 random(seed);
  for (int round = 0; round < 10; ++round) {
    End a{Association({.is_dtls_client = true})}, b{Association({})};
    a.association.connect(real_time());
    b.association.connect(real_time());
    const auto id = a.association.open_channel({.label = "x"}, real_time()).value();
    for (int i = 0; i < 20; ++i)
      std::ignore =
          a.association.send(id, test::random_bytes(random() % 20000, random), true, real_time());
    const TimePoint give_up = real_time() + 20s;
    while (b.messages.size() < 20 && real_time() < give_up) {
      const bool any = drain(a, b) | drain(b, a);
      for (End* end : {&a, &b})
        if (end->association.next_timeout() <= real_time())
          end->association.handle_timeout(real_time());
      if (!any) std::this_thread::yield();
    }
    *received += b.messages.size();
  }
}

TEST(Threads, may_each_drive_associations_of_their_own) {
  std::size_t received[2] = {};
  std::thread first(run_pairs, 1, &received[0]);
  std::thread second(run_pairs, 2, &received[1]);
  first.join();
  second.join();

  EXPECT_EQ(received[0], 200u);
  EXPECT_EQ(received[1], 200u);
}

}  // namespace
}  // namespace plenum::sctp
