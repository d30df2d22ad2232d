#include "base/bytes.h"

#include <gtest/gtest.h>

#include <array>

#include "base/buffer.h"
#include "base/crypto.h"
#include "base/spsc_ring.h"
#include "base/time.h"

namespace plenum {
namespace {

TEST(ByteReader, a_read_past_the_end_fails_for_good) {
  const std::array<std::byte, 3> data{std::byte{1}, std::byte{2}, std::byte{3}};
  ByteReader r(data);
  EXPECT_EQ(r.u16(), 0x0102);
  EXPECT_EQ(r.u32(), 0u);

  EXPECT_FALSE(r.ok());
  EXPECT_EQ(r.u8(), 0);
}

TEST(ByteWriter, a_write_past_the_end_writes_nothing) {
  std::array<std::byte, 3> data{};
  ByteWriter w(data);
  w.u16(0x0a0b);
  w.u16(0xffff);

  EXPECT_FALSE(w.ok());
  EXPECT_EQ(w.size(), 2u);
  EXPECT_EQ(data[2], std::byte{0});
}

TEST(Buffer, moves_its_memory) {
  Buffer a = Buffer::copy_of(as_bytes("hello"));
  const Buffer b = std::move(a);

  EXPECT_EQ(as_text(b.bytes()), "hello");
}

TEST(Crypto, base64_decodes_both_alphabets_padding_and_spaces) {
  const auto want = as_bytes("\xfb\xff\xfe");
  for (const char* text : {"-__-", "+//+", " //+"}) {
    const auto got = crypto::base64_decode_lenient(text);
    ASSERT_TRUE(got) << text;
    EXPECT_EQ(as_text(*got), as_text(want));
  }
  EXPECT_FALSE(crypto::base64_decode_lenient("a"));
  EXPECT_FALSE(crypto::base64url_decode("+//+"));
  EXPECT_EQ(crypto::base64(as_bytes("ab")), "YWI=");
}

TEST(SpscRing, refuses_when_full_and_keeps_order) {
  SpscRing<int> ring(2);
  EXPECT_TRUE(ring.push(1));
  EXPECT_TRUE(ring.push(2));
  EXPECT_FALSE(ring.push(3));

  EXPECT_EQ(ring.pop(), 1);
  EXPECT_EQ(ring.pop(), 2);
  EXPECT_EQ(ring.pop(), std::nullopt);
}

TEST(NtpTime, adds_and_subtracts_microseconds) {
  const NtpTime t{(std::uint64_t{100} << 32) | 0x80000000u};

  EXPECT_NEAR(static_cast<double>(ntp_difference(t, ntp_add(t, 1500ms)).count()), 1'500'000, 1);
  EXPECT_NEAR(static_cast<double>(ntp_difference(ntp_add(t, -250ms), t).count()), 250'000, 1);
}

}  // namespace
}  // namespace plenum
