#include "base/spsc_byte_ring.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <thread>

namespace plenum {
namespace {

TEST(SpscByteRing, gives_back_records_in_order_across_the_end_of_its_memory) {
  SpscByteRing ring(256);
  std::mt19937 random(1);
  for (int i = 0; i < 1000; ++i) {
    const std::string a(random() % 40, static_cast<char>('a' + i % 26));
    const std::string b(random() % 40, static_cast<char>('A' + i % 26));
    ASSERT_TRUE(ring.push(as_bytes(a), as_bytes(b)));
    EXPECT_EQ(as_text(ring.front()), a + b);
    ring.pop();
  }
  EXPECT_EQ(ring.front().data(), nullptr);
}

TEST(SpscByteRing, refuses_what_does_not_fit_and_loses_nothing) {
  SpscByteRing ring(128);
  int pushed = 0;
  while (ring.push(as_bytes("0123456789"), {})) ++pushed;
  int popped = 0;
  while (ring.front().data()) {
    ring.pop();
    ++popped;
  }

  EXPECT_GT(pushed, 3);
  EXPECT_EQ(pushed, popped);
}

TEST(SpscByteRing, two_threads_agree) {
  SpscByteRing ring(4096);
  constexpr std::uint32_t kRecords = 200'000;
  std::thread producer([&] {
    for (std::uint32_t i = 0; i < kRecords;) {
      const std::array<std::byte, 4> head{
          static_cast<std::byte>(i >> 24), static_cast<std::byte>(i >> 16),
          static_cast<std::byte>(i >> 8), static_cast<std::byte>(i)};
      const std::string body(i % 97, 'x');
      if (ring.push(head, as_bytes(body)))
        ++i;
      else
        std::this_thread::yield();
    }
  });
  std::uint32_t next = 0;
  while (next < kRecords) {
    const Bytes r = ring.front();
    if (!r.data()) {
      std::this_thread::yield();
      continue;
    }
    ASSERT_EQ(be32(r, 0), next);
    ASSERT_EQ(r.size(), 4 + next % 97);
    ring.pop();
    ++next;
  }
  producer.join();
}

}  // namespace
}  // namespace plenum
